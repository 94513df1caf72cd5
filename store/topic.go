package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// TopicID is a topic's number. It counts up in its workspace, and people's
// preferences name the topic by it: topic_1.
type TopicID int64

// Identifier is what preferences call the topic.
func (id TopicID) Identifier() string { return fmt.Sprintf("topic_%d", int64(id)) }

// Field is where a person's choice about the topic stands among their
// attributes, as conditions name it.
func (t Topic) Field() string { return preferences + ".topics." + t.ID.Identifier() }

// Topic is something that people choose to hear about or not.
type Topic struct {
	ID          TopicID
	Name        string
	Description string
	Subscribed  bool // who has chosen nothing gets its messages
}

const topicColumns = `topic_id, name, description, subscribed`

func scanTopic(scan func(...any) error) (t Topic, err error) {
	err = scan(&t.ID, &t.Name, &t.Description, &t.Subscribed)
	return t, err
}

// MaxTopics is how many topics a workspace may have: people read them all on
// one page.
const MaxTopics = 100

const listTopics = `select ` + topicColumns + ` from topics where workspace_id = ? and deleted_at is null order by position, topic_id`

// Topics is the workspace's topics, in the order in which people read them.
func (s *Store) Topics(ctx context.Context, ws WorkspaceID) ([]Topic, error) {
	return topics(ctx, s.read, ws)
}

func topics(ctx context.Context, q queryer, ws WorkspaceID) ([]Topic, error) {
	rows, err := q.QueryContext(ctx, listTopics, ws)
	return collect(rows, err, scanTopic)
}

// Topic is the topic with this number.
func (s *Store) Topic(ctx context.Context, ws WorkspaceID, id TopicID) (Topic, error) {
	return topic(ctx, s.read, ws, id)
}

func topic(ctx context.Context, q queryer, ws WorkspaceID, id TopicID) (Topic, error) {
	t, err := scanTopic(q.QueryRowContext(ctx, `
		select `+topicColumns+` from topics where workspace_id = ? and topic_id = ? and deleted_at is null`, ws, id).Scan)
	return t, known(err)
}

func topicNamed(ctx context.Context, q queryer, ws WorkspaceID, name string) (Topic, error) {
	t, err := scanTopic(q.QueryRowContext(ctx, `
		select `+topicColumns+` from topics where workspace_id = ? and name_key = ? and deleted_at is null`, ws, nameKey(name)).Scan)
	return t, known(err)
}

// TopicIn is the topic of a name among these.
func TopicIn(all []Topic, name string) (Topic, bool) {
	i := slices.IndexFunc(all, func(t Topic) bool { return nameKey(t.Name) == nameKey(name) })
	if i < 0 {
		return Topic{}, false
	}
	return all[i], true
}

// Reason is why a message about the topic is held back from who wants none.
func (t Topic) Reason() string {
	return fmt.Sprintf("The person is not subscribed to the topic “%s”.", t.Name)
}

// noTopic is why a message about a topic that is gone is held back.
func noTopic(name string) string {
	return fmt.Sprintf("There is no topic “%s” in this workspace.", name)
}

// Wants says whether the person is subscribed to a topic: by their own choice
// or, without one, as the topic says. It does not look at whether they are
// unsubscribed from everything.
func (p Person) Wants(t Topic) bool {
	wants, chosen := p.Chose(t)
	if !chosen {
		return t.Subscribed
	}
	return wants
}

// Chose is what the person chose about a topic, if they did.
func (p Person) Chose(t Topic) (wants, chosen bool) {
	kept, _ := p.Attributes[preferences].(map[string]any)
	chosenTopics, _ := kept["topics"].(map[string]any)
	return yes(chosenTopics[t.ID.Identifier()])
}

// yes reads a choice the way calls write it.
func yes(value any) (yes, ok bool) {
	switch v := value.(type) {
	case bool:
		return v, true
	case string:
		return strings.EqualFold(v, "true") || v == "1", v != ""
	case json.Number:
		return v == "1", true
	}
	return false, false
}
