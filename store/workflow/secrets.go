package workflow

import (
	"slices"
	"strings"
)

// StripSecrets is the action without the credentials of its webhook, for a
// copy that leaves the workspace: values of headers such as Authorization,
// user and password of the URL, keys and tokens in its query, and the path of
// addresses that are secrets themselves. What was taken is remembered in
// LeftOut, and Problems asks for it. Secrets inside the body are not found.
func StripSecrets(a Action) Action {
	a = cloneActions([]Action{a})[0]
	if a.Slack != nil {
		a.Slack.URL = "" // whoever knows it may write; the workspace has its own
	}
	if a.Webhook == nil {
		return a
	}
	w := a.Webhook
	w.LeftOut = appendNew(w.LeftOut, secrets(*w)...)
	w.URL, _ = stripURL(w.URL)
	for i, h := range w.Headers {
		if isSecret(h.Name) {
			w.Headers[i].Value = ""
		}
	}
	return a
}

const slackSecret = "address of the Slack channel"

// secrets names what StripSecrets would take away.
func secrets(w Webhook) []string {
	_, found := stripURL(w.URL)
	for _, h := range w.Headers {
		if isSecret(h.Name) && h.Value != "" {
			found = appendNew(found, "header "+h.Name)
		}
	}
	return found
}

var secretWords = []string{"auth", "authorization", "apikey", "cookie", "credential", "credentials", "key", "pass", "passwd", "password", "pwd", "secret", "sig", "signature", "token"}

// isSecret tells from the name of a header or query parameter whether its
// value is a secret.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	if name == "idempotency-key" {
		return false
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords, w) }) ||
		slices.ContainsFunc([]string{"apikey", "token", "secret", "password"}, func(w string) bool { return strings.HasSuffix(name, w) })
}

// secretPaths are the hosts whose webhook addresses let everyone in who knows
// them.
var secretPaths = []string{"hooks.slack.com", "discord.com", "discordapp.com", "hooks.zapier.com", "webhook.office.com", "hook.make.com"}

// stripURL is the address without its secrets, and their names. It reads the
// text by hand because Liquid may stand anywhere in it.
func stripURL(url string) (clean string, found []string) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url, nil
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, rest := rest[:end], rest[end:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
		found = append(found, "user name and password in the URL")
	}
	if len(rest) > 1 && slices.ContainsFunc(secretPaths, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) }) {
		rest = "/"
		found = append(found, "path of the URL")
	}
	rest, had := stripQuery(rest)
	if had {
		found = append(found, "keys in the query of the URL")
	}
	return scheme + "://" + host + rest, found
}

func stripQuery(rest string) (clean string, had bool) {
	path, query, ok := strings.Cut(rest, "?")
	if !ok {
		return rest, false
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && isSecret(name) {
			pairs[i], had = name+"=", true
		}
	}
	clean = path + "?" + strings.Join(pairs, "&")
	if hasFragment {
		clean += "#" + fragment
	}
	return clean, had
}

// appendNew appends the words that are not in the list yet.
func appendNew(list []string, words ...string) []string {
	for _, w := range words {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}
