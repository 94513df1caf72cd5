package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
)

// pollEvery is how often the page asks how far an import is: often at first,
// less when it takes long.
func pollEvery(running time.Duration) string {
	switch {
	case running < time.Minute:
		return "every 1s"
	case running < 5*time.Minute:
		return "every 2s"
	}
	return "every 5s"
}

// timeLeft is how long it will take, as people say it.
func timeLeft(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 10*time.Second:
		return "a few seconds left"
	case d < time.Minute:
		return "less than a minute left"
	case d < time.Hour:
		return fmt.Sprintf("about %d min left", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("about %.1f h left", d.Hours())
}

// paceWords is how fast it goes and when it ends.
func paceWords(i store.Import, now time.Time) string {
	words := []string{fmt.Sprintf("%d%%", i.Done())}
	if i.State == store.Paused || i.State == store.Undoing || i.Waits {
		return words[0]
	}
	if pace := i.Pace(); pace > 0 {
		words = append(words, Number(pace)+" rows a second")
	}
	if left := timeLeft(i.Left(now)); left != "" {
		words = append(words, left)
	}
	return strings.Join(words, " · ")
}

// quarter is what a screen reader is told: nothing more often than each
// quarter.
func quarter(i store.Import) string {
	if n := i.Done() / 25 * 25; n > 0 {
		return fmt.Sprintf("%d%% done", n)
	}
	return ""
}

// createdWord heads how many people, or events, there are now.
func createdWord(i store.Import) string {
	if i.Options.Events {
		return "Events recorded"
	}
	return "Created"
}

func workingTitle(i store.Import) string {
	switch {
	case i.Waits:
		return "Waits until another import is done"
	case i.State == store.Checking:
		return "Checking the file"
	case i.State == store.Undoing:
		return "Undoing the import"
	case i.State == store.Paused:
		return "Paused after " + Number(i.Rows) + " of " + rowCount(i.Total)
	}
	return "Importing " + rowCount(i.Total)
}

func outcome(i store.Import) string {
	switch i.State {
	case store.Stopped:
		return fmt.Sprintf("Stopped after %s of %s. What was imported stays.", Number(i.Rows), rowCount(i.Total))
	case store.ImportDone:
		return "All rows of the file are done."
	case store.Undone:
		return "What the import did is taken back, but for what changed since."
	}
	return ""
}

// rowFigure is a count of an import, once there is something to count.
func rowFigure(i store.Import, n int) string {
	if !i.State.Begun() && i.Rows == 0 {
		return "—"
	}
	return Number(n)
}

// rejectTitle heads the rows that were, or would be, rejected.
func rejectTitle(i store.Import) string {
	what := "rows that cannot be imported"
	if i.State.Begun() {
		what = "rejected rows"
	}
	if i.Rejected > ShownRejects {
		return fmt.Sprintf("The first %d of %s %s", ShownRejects, Number(i.Rejected), what)
	}
	return strings.ToUpper(what[:1]) + what[1:]
}

// recordText is a row as one line, and not too long.
func recordText(record []string) string {
	text := []rune(strings.Join(record, ", "))
	if len(text) > 160 {
		return string(text[:160]) + "…"
	}
	return string(text)
}
