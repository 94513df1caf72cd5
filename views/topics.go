package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
)

// TopicsPath is the topics of a workspace.
func TopicsPath(ws store.Workspace) string { return SettingsPath(ws) + "/topics" }

// NewTopicPath is the form of a new topic.
func NewTopicPath(ws store.Workspace) string { return TopicsPath(ws) + "/new" }

// TopicPath is one topic.
func TopicPath(ws store.Workspace, id store.TopicID) string {
	return fmt.Sprintf("%s/%d", TopicsPath(ws), id)
}

// MoveTopicPath moves a topic up or down.
func MoveTopicPath(ws store.Workspace, id store.TopicID) string { return TopicPath(ws, id) + "/move" }

// DeleteTopicPath asks whether to delete a topic, and does it.
func DeleteTopicPath(ws store.Workspace, id store.TopicID) string {
	return TopicPath(ws, id) + "/delete"
}

// PersonTopicsPath is what a person is subscribed to.
func PersonTopicsPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/topics"
}

// TopicPage is a topic being edited.
type TopicPage struct {
	store.Topic
	Was     string // its name before; empty: it is new
	Users   []store.Campaign
	Problem store.Invalid
}

func (p TopicPage) title() string {
	if p.Was == "" {
		return "New topic"
	}
	return p.Was
}

func (p TopicPage) nameHint() string {
	if len(p.Users) > 0 {
		return "Campaigns ask for the topic by this name, so it stays while they use it."
	}
	return "What people hear about. They read it when they choose."
}

// path is where the form is sent.
func (p TopicPage) path(ws store.Workspace) string {
	if p.Was == "" {
		return NewTopicPath(ws)
	}
	return TopicPath(ws, p.ID)
}

// PersonTopics is what a person is subscribed to.
type PersonTopics struct {
	Person store.Person
	Topics []store.Topic
	Why    string
	Wrong  store.Invalid
}

// topicState says how it came that a person gets a topic or not.
func topicState(p store.Person, t store.Topic) string {
	wants, chosen := p.Chose(t)
	switch {
	case !chosen:
		return "By default"
	case wants:
		return "Chosen"
	}
	return "Turned off"
}

// topicNames is the names that a choice offers: the topics and, when it is no
// topic of the workspace any more, the one that is chosen.
func topicNames(all []store.Topic, chosen string) (names []string) {
	for _, t := range all {
		names = append(names, t.Name)
	}
	if _, known := store.TopicIn(all, chosen); !known && chosen != "" {
		names = append(names, chosen)
	}
	return names
}

// topicWords is a name in a choice.
func topicWords(all []store.Topic, name string) string {
	if _, known := store.TopicIn(all, name); !known {
		return name + " (not a topic here)"
	}
	return name
}

// isTopic says whether two names are of one topic.
func isTopic(all []store.Topic, name, chosen string) bool {
	t, ok := store.TopicIn(all, chosen)
	return name == chosen || ok && t.Name == name
}

// yesNo is the value of a choice between two.
func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
