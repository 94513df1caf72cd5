package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postroom/postroom/store/workflow"
)

// snippet is what is called so in the source as it is called here. What is to
// be copied is, with the snippets in it.
func (f *fitter) snippet(name string) string {
	choice, _ := f.chosen(workflow.NeedsSnippet, name)
	here, isHere := strings.CutPrefix(choice, chosenHere)
	switch {
	case isHere:
		return here
	case choice != chooseCopy || f.err != nil:
		return name
	}
	if copied, done := f.snippets[nameKey(name)]; done {
		return copied
	}
	f.snippets[nameKey(name)] = name // so that one inside of itself ends
	copied, err := f.copySnippet(name)
	f.snippets[nameKey(name)] = copied
	f.err = errors.Join(f.err, err)
	return copied
}

// copySnippet adds the snippet under a name that is free here.
func (f *fitter) copySnippet(name string) (string, error) {
	theirs, ok := f.pack.snippet(name)
	if !ok {
		return name, ErrSourceChanged
	}
	mine := Snippet{Name: theirs.Name, Value: workflow.RenameSnippet(theirs.Value, f.snippet)}
	for n := 2; ; n++ {
		_, err := snippet(context.Background(), f.tx, f.ws, mine.Name)
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return name, err
		}
		mine.Name = fmt.Sprintf("%s %d", theirs.Name, n)
	}
	if err := mine.check(); err != nil {
		return name, err
	}
	return mine.Name, f.tx.saveSnippet(f.ws, &mine, f.by, "A copy from "+f.pack.from.Name+".")
}

// copyTopic adds the topic, which is none of here yet. What people chose about
// it in the other workspace stays there.
func (f *fitter) copyTopic(name string) error {
	theirs, ok := TopicIn(f.pack.Topics, name)
	if !ok {
		return ErrSourceChanged
	}
	_, err := f.tx.createTopic(f.ws, theirs, f.by, "A copy from "+f.pack.from.Name+".")
	return err
}

// subscription is who gets messages, with the topics of here.
func (f *fitter) subscription(to workflow.Subscription) workflow.Subscription {
	name, ok := to.Topic()
	if !ok {
		return to
	}
	choice, _ := f.chosen(workflow.NeedsTopic, name)
	if here, is := strings.CutPrefix(choice, chosenHere); is {
		return workflow.OfTopic(here)
	}
	if choice == chooseNone {
		return ""
	}
	return to
}
