package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/store/workflow"
)

// CreateTopic adds a topic at the end of the list.
func (s *Store) CreateTopic(ctx context.Context, ws WorkspaceID, t Topic, by Actor) (Topic, error) {
	err := s.update(ctx, func(tx *Tx) (err error) {
		t, err = tx.createTopic(ws, t, by, "")
		return err
	})
	return t, err
}

func (tx *Tx) createTopic(ws WorkspaceID, t Topic, by Actor, why string) (Topic, error) {
	t = t.trimmed()
	if err := t.check(); err != nil {
		return t, err
	}
	all, err := topics(context.Background(), tx, ws)
	if err != nil {
		return t, err
	}
	if len(all) >= MaxTopics {
		return t, Invalid{"name": fmt.Sprintf("There are %d topics, which is as many as a workspace may have. Delete one that nothing uses.", MaxTopics)}
	}
	if _, taken := TopicIn(all, t.Name); taken {
		return t, Invalid{"name": "There is a topic of this name. Choose another one."}
	}
	err = tx.row(`
		insert into topics (workspace_id, topic_id, name, name_key, description, subscribed, position, created_at, updated_at)
		select ?1, coalesce(max(topic_id), 0) + 1, ?2, ?3, ?4, ?5, coalesce(max(position), 0) + 1, ?6, ?6 from topics where workspace_id = ?1
		returning topic_id`, ws, t.Name, nameKey(t.Name), t.Description, t.Subscribed, micros(tx.now)).Scan(&t.ID)
	if err != nil {
		return t, err
	}
	return t, tx.noted(ws, by, "Added a topic", t.Name, why)
}

// EditTopic changes a topic. With another name it is renamed, unless campaigns
// use it: they ask for it by its name.
func (s *Store) EditTopic(ctx context.Context, ws WorkspaceID, t Topic, by Actor) error {
	t = t.trimmed()
	if err := t.check(); err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		was, err := topic(context.Background(), tx, ws, t.ID)
		if err != nil {
			return err
		}
		if nameKey(was.Name) != nameKey(t.Name) {
			if err := s.mayRenameTopic(tx, ws, was, t.Name); err != nil {
				return err
			}
		}
		err = tx.execOne(`
			update topics set name = ?, name_key = ?, description = ?, subscribed = ?, updated_at = ? where workspace_id = ? and topic_id = ?`,
			t.Name, nameKey(t.Name), t.Description, t.Subscribed, micros(tx.now), ws, t.ID)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Changed a topic", was.Name, t.changes(was))
	})
}

// changes is what differs from before, in words.
func (t Topic) changes(was Topic) string {
	var all []string
	if t.Name != was.Name {
		all = append(all, "It is called “"+t.Name+"” now.")
	}
	switch {
	case t.Subscribed && !was.Subscribed:
		all = append(all, "Who has chosen nothing is subscribed now.")
	case !t.Subscribed && was.Subscribed:
		all = append(all, "Who has chosen nothing is not subscribed any more.")
	}
	return strings.Join(all, " ")
}

func (t Topic) trimmed() Topic {
	t.Name = strings.Join(strings.Fields(t.Name), " ")
	t.Description = strings.TrimSpace(t.Description)
	return t
}

func (t Topic) check() error {
	wrong := Invalid{}
	switch {
	case t.Name == "":
		wrong["name"] = "Name the topic."
	case utf8.RuneCountInString(t.Name) > 80:
		wrong["name"] = "Use at most 80 characters."
	case strings.ContainsFunc(t.Name, unicode.IsControl):
		wrong["name"] = "Use letters, digits and signs that can be read."
	}
	if utf8.RuneCountInString(t.Description) > 300 {
		wrong["description"] = "Use at most 300 characters."
	}
	return wrong.orNil()
}

func (s *Store) mayRenameTopic(tx *Tx, ws WorkspaceID, was Topic, name string) error {
	if err := s.freeTopic(tx, ws, was.Name, "name"); err != nil {
		return err
	}
	_, err := topicNamed(context.Background(), tx, ws, name)
	if err == nil {
		return Invalid{"name": "There is a topic of this name. Choose another one."}
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// DeleteTopic removes a topic that no campaign uses. What people chose stays
// with them; the number is never given to another topic.
func (s *Store) DeleteTopic(ctx context.Context, ws WorkspaceID, id TopicID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		t, err := topic(context.Background(), tx, ws, id)
		if err != nil {
			return err
		}
		if err := s.freeTopic(tx, ws, t.Name, "topic"); err != nil {
			return err
		}
		if err := tx.execOne(`update topics set deleted_at = ? where workspace_id = ? and topic_id = ?`, micros(tx.now), ws, id); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted a topic", t.Name, "")
	})
}

// MoveTopic moves a topic up (-1) or down (1) in the list.
func (s *Store) MoveTopic(ctx context.Context, ws WorkspaceID, id TopicID, by int) error {
	return s.update(ctx, func(tx *Tx) error {
		all, err := topics(context.Background(), tx, ws)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t Topic) bool { return t.ID == id })
		if i < 0 {
			return ErrNotFound
		}
		if j := i + by; j >= 0 && j < len(all) {
			all[i], all[j] = all[j], all[i]
		}
		for position, t := range all {
			if err := tx.execOne(`update topics set position = ? where workspace_id = ? and topic_id = ?`, position+1, ws, t.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// TopicUsers is the campaigns that write to the subscribers of a topic, in
// their draft or their live version.
func (s *Store) TopicUsers(ctx context.Context, ws WorkspaceID, name string) ([]Campaign, error) {
	return s.topicUsers(ctx, s.read, ws, name)
}

func (s *Store) topicUsers(ctx context.Context, q queryer, ws WorkspaceID, name string) ([]Campaign, error) {
	asks := func(to workflow.Subscription) bool {
		topic, ok := to.Topic()
		return ok && nameKey(topic) == nameKey(name)
	}
	return s.campaignsThat(ctx, q, ws, func(c workflow.Campaign) bool {
		return asks(c.Subscription) || anyAction(c, func(a workflow.Action) bool { return a.Email != nil && asks(a.Email.Subscription) })
	})
}

// freeTopic refuses, for a field, what would take a topic away from those who
// ask for it by its name.
func (s *Store) freeTopic(tx *Tx, ws WorkspaceID, name, field string) error {
	users, err := s.topicUsers(context.Background(), tx, ws, name)
	if err == nil && len(users) > 0 {
		err = Invalid{field: fmt.Sprintf("“%s” is used by %s. Choose there first who else gets the messages.", name, campaignNames(users))}
	}
	return err
}
