package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) showChannels(c echo.Context) error {
	return s.channels(c, http.StatusOK, nil, nil)
}

// channels is the page, in which one channel may be as it was typed.
func (s *Server) channels(c echo.Context, status int, typed *views.GatewayForm, wrong store.Invalid) error {
	all, err := s.store.Gateways(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	p := views.ChannelsPage{Language: here(c).LanguageAttribute, Wrong: wrong}
	if _, ok := wrong["language"]; ok {
		p.Language = c.FormValue("language")
	}
	for _, channel := range store.GatewayChannels {
		form := gatewayForm(channel, all)
		if typed != nil && typed.Channel == channel {
			typed.Saved = form.Saved
			form = *typed
		}
		p.Gateways = append(p.Gateways, form)
	}
	return s.page(c, status, views.Channels(p))
}

func gatewayForm(channel store.Channel, all []store.Gateway) views.GatewayForm {
	form := views.GatewayForm{Channel: channel}
	at := slices.IndexFunc(all, func(g store.Gateway) bool { return g.Channel == channel })
	if at < 0 {
		return form
	}
	form.Address, form.Sender, form.Saved = all[at].Address, all[at].Sender, true
	for _, h := range all[at].Headers {
		form.Headers = append(form.Headers, views.HeaderField{Name: h.Name, Known: true})
	}
	return form
}

// channelIn is the channel that a form is about.
func channelIn(c echo.Context) (store.Channel, error) {
	channel := store.Channel(c.FormValue("channel"))
	if !slices.Contains(store.GatewayChannels, channel) {
		return "", store.ErrNotFound
	}
	return channel, nil
}

func (s *Server) saveChannel(c echo.Context) error {
	channel, err := channelIn(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	prefix := string(channel) + "_"
	g := store.Gateway{Channel: channel, Address: form.Get(prefix + "address"), Sender: form.Get(prefix + "sender")}
	values := form[prefix+"value"]
	for i, name := range form[prefix+"header"] {
		if name != "" && i < len(values) {
			g.Headers = append(g.Headers, workflow.Header{Name: name, Value: values[i]})
		}
	}
	err = s.store.SetGateway(c.Request().Context(), here(c).ID, g, by(c))
	if wrong, ok := invalid(err); ok {
		typed := views.GatewayForm{Channel: channel, Address: g.Address, Sender: g.Sender}
		for _, h := range g.Headers {
			typed.Headers = append(typed.Headers, views.HeaderField{Name: h.Name})
		}
		return s.channels(c, http.StatusUnprocessableEntity, &typed, ofChannel(channel, wrong))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ChannelsPath(here(c)), channel.Words()+": the address is saved.")
}

// ofChannel names the fields of one channel's form.
func ofChannel(channel store.Channel, wrong store.Invalid) store.Invalid {
	named := store.Invalid{}
	for field, problem := range wrong {
		named[string(channel)+"_"+field] = problem
	}
	return named
}

func (s *Server) testChannel(c echo.Context) error {
	channel, err := channelIn(c)
	if err != nil {
		return err
	}
	err = s.engine.TestGateway(c.Request().Context(), here(c), channel)
	if wrong, ok := invalid(err); ok {
		return s.channels(c, http.StatusUnprocessableEntity, nil, ofChannel(channel, wrong))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ChannelsPath(here(c)), channel.Words()+": the test was taken.")
}

func (s *Server) removeChannel(c echo.Context) error {
	channel, err := channelIn(c)
	if err != nil {
		return err
	}
	if err := s.store.RemoveGateway(c.Request().Context(), here(c).ID, channel, by(c)); err != nil {
		return err
	}
	return s.done(c, views.ChannelsPath(here(c)), channel.Words()+": the address is removed.")
}

func (s *Server) setLanguage(c echo.Context) error {
	err := s.store.SetLanguageAttribute(c.Request().Context(), here(c).ID, c.FormValue("language"), by(c))
	if wrong, ok := invalid(err); ok {
		return s.channels(c, http.StatusUnprocessableEntity, nil, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ChannelsPath(here(c)), "The language attribute is saved.")
}
