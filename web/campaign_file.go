package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// exportCampaign answers with a campaign's draft as a file.
func (s *Server) exportCampaign(c echo.Context) error {
	id, err := id[store.CampaignID](c, "campaign")
	if err != nil {
		return err
	}
	doc, err := s.store.ExportCampaign(c.Request().Context(), here(c).ID, id)
	if err != nil {
		return err
	}
	return sendDocument(c, doc, "")
}

// sendDocument answers with a document as a file. Who may only look gets it
// without the secrets of its webhooks.
func sendDocument(c echo.Context, doc workflow.Document, suffix string) error {
	if !role(c).May(store.RoleAuthor) {
		doc.Campaign.Actions = workflow.WithoutSecrets(doc.Campaign.Actions)
	}
	text, err := doc.JSON()
	if err != nil {
		return err
	}
	name := fileName(doc.Campaign.Name) + suffix + ".json"
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "application/json; charset=utf-8", text)
}

// fileName is a name that every file system takes.
func fileName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return ' '
	}, name)
	if safe = strings.Join(strings.Fields(safe), "-"); safe == "" {
		return "campaign"
	}
	return safe
}

func (s *Server) newCampaignImport(c echo.Context) error {
	return s.page(c, http.StatusOK, views.ImportCampaign("", nil))
}

// importCampaign makes a draft of a file or of pasted text.
func (s *Server) importCampaign(c echo.Context) error {
	text, field, err := documentText(c)
	if err != nil {
		return err
	}
	doc, err := workflow.Parse([]byte(text))
	if strings.TrimSpace(text) == "" {
		err = &workflow.Error{Message: "Choose a file, or paste a document."}
	}
	if bad := (*workflow.Error)(nil); errors.As(err, &bad) {
		return s.campaignNotImported(c, field, text, store.Invalid{field: bad.Error()})
	}
	if err != nil {
		return err
	}
	campaign, err := s.store.ImportCampaign(c.Request().Context(), here(c).ID, doc, by(c))
	if wrong, ok := invalid(err); ok {
		return s.campaignNotImported(c, field, text, store.Invalid{field: "campaign.name: " + wrong["name"]})
	}
	if err != nil {
		return err
	}
	missing, err := s.store.MissingUses(c.Request().Context(), here(c).ID, workflow.Export(doc.Campaign).Uses)
	if err != nil {
		return err
	}
	message := "Imported “" + campaign.Name + "” as a draft."
	if len(missing) > 0 {
		message += " Not in " + here(c).Name + " yet: " + strings.Join(missing, ", ") + "."
	}
	return s.done(c, views.WorkflowPath(here(c), campaign.ID), message)
}

func (s *Server) campaignNotImported(c echo.Context, field, text string, wrong store.Invalid) error {
	if field == "file" {
		text = "" // browsers do not keep a chosen file, but pasting is no way to mend it
	}
	return s.page(c, http.StatusUnprocessableEntity, views.ImportCampaign(text, wrong))
}

// documentText is the file that was uploaded, else what was pasted, and the
// field that it came in.
func documentText(c echo.Context) (text, field string, err error) {
	upload, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || err == nil && upload.Size == 0 {
		return c.FormValue("text"), "text", nil
	}
	if err != nil {
		return "", "file", err
	}
	file, err := upload.Open()
	if err != nil {
		return "", "file", err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	return string(data), "file", err
}
