package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// readMessage is what was typed in the form of a message. The texts of an email
// have an editor of their own.
func readMessage(f *views.ActionForm, a *workflow.Action, form url.Values) {
	*a = a.WithSending(readSending(form))
	switch {
	case a.Email != nil:
		a.Email.From, a.Email.To = strings.TrimSpace(form.Get("from")), strings.TrimSpace(form.Get("to"))
		a.Email.Untracked = form.Get("tracked") == ""
		a.Email.Subscription = readTaker(f, form)
	case a.Webhook != nil:
		readWebhook(f, a.Webhook, form)
	case a.Slack != nil:
		a.Slack.URL, a.Slack.Text = strings.TrimSpace(form.Get("url")), lines(form.Get("text"))
	case a.Push != nil:
		a.Push.Title, a.Push.Body, a.Push.Link = strings.TrimSpace(form.Get("title")), lines(form.Get("body")), strings.TrimSpace(form.Get("link"))
		a.Push.Devices = workflow.AllDevices
		if form.Get("devices") == string(workflow.LastDevice) {
			a.Push.Devices = workflow.LastDevice
		}
	case a.SMS != nil:
		a.SMS.From, a.SMS.To, a.SMS.Text = strings.TrimSpace(form.Get("from")), strings.TrimSpace(form.Get("to")), lines(form.Get("text"))
	}
}

// readTaker is who gets a message; empty: whoever the campaign says.
func readTaker(f *views.ActionForm, form url.Values) workflow.Subscription {
	switch f.Topic = strings.TrimSpace(form.Get("topic")); form.Get("subscription") {
	case "all":
		return workflow.ToAll
	case "topic":
		if f.Topic == "" {
			f.Wrong["topic"] = "Name the topic."
		}
		return workflow.OfTopic(f.Topic)
	}
	return ""
}

func readWebhook(f *views.ActionForm, w *workflow.Webhook, form url.Values) {
	w.Method, w.URL, w.Body = form.Get("method"), strings.TrimSpace(form.Get("url")), lines(form.Get("body"))
	w.Converts = form.Get("converts") != ""
	if !slices.Contains(workflow.Methods(), w.Method) {
		f.Wrong["method"] = "Choose one of the methods."
	}
	f.Headers = form.Get("headers")
	var problem string
	if w.Headers, problem = readHeaders(f.Headers); problem != "" {
		f.Wrong["headers"] = problem
	}
	w.LeftOut = nil // whoever saves has put in again what is needed
	readKept(f, w, form)
}

// readHeaders is the headers that are written one in each line, and what is
// wrong with them.
func readHeaders(text string) (headers []workflow.Header, problem string) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			problem = fmt.Sprintf("Write each header as Name: value. “%.60s” has no colon.", strings.TrimSpace(line))
		}
		headers = append(headers, workflow.Header{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	return headers, problem
}

// readKept is what of the answer is kept; rows in which nothing was typed are
// none.
func readKept(f *views.ActionForm, w *workflow.Webhook, form url.Values) {
	w.Response = nil
	for i, path := range form["kept-path"] {
		kept := workflow.Kept{
			Path: strings.TrimSpace(path), Attribute: strings.TrimSpace(nth(form["kept-attribute"], i)), Journey: nth(form["kept-of"], i) == "journey",
		}
		if kept.Path == "" && kept.Attribute == "" {
			continue
		}
		if kept.Path == "" || kept.Attribute == "" {
			f.Wrong["response"] = "Say which value of the answer is kept, and as which attribute."
		}
		w.Response = append(w.Response, kept)
	}
	f.Kept = w.Response
}
