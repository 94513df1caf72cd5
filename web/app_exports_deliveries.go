package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// maxExportColumns is how many attributes a call can ask for.
const maxExportColumns = 300

// exportDeliveries begins an export of the deliveries of a campaign, of a
// broadcast or of one action.
func (s *Server) exportDeliveries(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	e, err := s.whichDeliveries(c, body)
	if err != nil {
		return err
	}
	columns, err := exportColumns(body["attributes"])
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	id, err := s.store.ExportDeliveries(ctx, ws, e, columns, store.APICalls)
	if errors.Is(err, store.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "There is no campaign or newsletter with this id.")
	}
	if err != nil {
		return err
	}
	j, err := s.store.Job(ctx, ws, id)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"export": exportOf(j)})
}

// whichDeliveries reads which ones a call means.
func (s *Server) whichDeliveries(c echo.Context, body map[string]any) (e store.DeliveryExport, err error) {
	campaign, action, err := s.whoseDeliveries(c, body)
	if err != nil {
		return e, err
	}
	e.Campaign, e.Action = campaign, action
	e.Drafts, _ = body["drafts"].(bool)
	if metric, ok := body["metric"].(string); ok && metric != "" {
		if e.Metric = strings.ToLower(metric); !slices.Contains(store.DeliveryMetrics, e.Metric) {
			return e, badCall("metric must be one of %s", strings.Join(store.DeliveryMetrics, ", "))
		}
	}
	if e.From, err = secondsIn(body, "start"); err != nil {
		return e, err
	}
	if e.To, err = secondsIn(body, "end"); err == nil && e.To != 0 && e.To < e.From {
		err = badCall("end must be after start")
	}
	return e, err
}

// whoseDeliveries reads the campaign, or the action, whose deliveries are meant.
func (s *Server) whoseDeliveries(c echo.Context, body map[string]any) (campaign store.CampaignID, action string, err error) {
	if !isEmpty(body["transactional_message_id"]) {
		return 0, "", echo.NewHTTPError(http.StatusNotFound, "There are no transactional messages.")
	}
	for _, name := range []string{"campaign_id", "newsletter_id"} {
		n, given, err := numberIn(body, name)
		if err != nil || given && campaign != 0 {
			return 0, "", badCall("%s must be the number of a campaign or a newsletter, and the only one", name)
		}
		if given {
			campaign = store.CampaignID(n)
		}
	}
	n, given, err := numberIn(body, "action_id")
	if err != nil {
		return 0, "", badCall("action_id must be the number of an action")
	}
	if given {
		ref, err := s.store.Action(c.Request().Context(), here(c).ID, store.ActionID(n))
		if errors.Is(err, store.ErrNotFound) || err == nil && campaign != 0 && ref.Campaign != campaign {
			err = echo.NewHTTPError(http.StatusNotFound, "There is no action with this id.")
		}
		return ref.Campaign, ref.Key, err
	}
	if campaign == 0 {
		return 0, "", badCall("name a campaign_id, a newsletter_id or an action_id")
	}
	return campaign, "", nil
}

// exportColumns reads the columns that are asked for. A delivery's id is always
// among them.
func exportColumns(value any) ([]string, error) {
	if isEmpty(value) {
		return nil, nil
	}
	list, ok := value.([]any)
	if !ok || len(list) > maxExportColumns {
		return nil, badCall("attributes must be a list of at most %d names", maxExportColumns)
	}
	columns := []string{"delivery_id"}
	for _, one := range list {
		name, ok := one.(string)
		if !ok || name == "" {
			return nil, badCall("attributes must be a list of names")
		}
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	return columns, nil
}

// numberIn is a whole number of a call, which some clients send as a text.
func numberIn(body map[string]any, name string) (n int64, given bool, err error) {
	if isEmpty(body[name]) {
		return 0, false, nil
	}
	switch body[name].(type) {
	case json.Number, string:
		n, err = strconv.ParseInt(fmt.Sprint(body[name]), 10, 64)
		return n, true, err
	}
	return 0, true, strconv.ErrSyntax
}

func secondsIn(body map[string]any, name string) (int64, error) {
	n, _, err := numberIn(body, name)
	if err != nil || n < 0 || n > 1<<40 {
		return 0, badCall("%s must be a time in unix seconds", name)
	}
	return n, nil
}
