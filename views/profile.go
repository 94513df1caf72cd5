package views

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/store"
)

const (
	// PasswordPath is where a member changes their own password.
	PasswordPath = "/profile/password"
	// EndOtherSessionsPath signs the member out everywhere but here.
	EndOtherSessionsPath = "/profile/sessions/end-others"
)

// EndSessionPath signs one browser out.
func EndSessionPath(id store.SessionID) string { return fmt.Sprintf("/profile/sessions/%d/end", id) }

// browsers and systems are what a user agent says, the more special first:
// nearly every one claims to be Safari and Mozilla, too.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}
	systems  = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// AgentWords is a browser's own name for itself as people would say it.
func AgentWords(agent string) string {
	browser, system := named(browsers, agent), named(systems, agent)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser+system != "":
		return browser + system
	}
	return "Unknown browser"
}

func named(names [][2]string, agent string) string {
	for _, n := range names {
		if strings.Contains(agent, n[0]) {
			return n[1]
		}
	}
	return ""
}
