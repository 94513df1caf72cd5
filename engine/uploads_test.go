package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// kept is the names in the folder of uploads.
func (w *importing) kept() (names []string) {
	w.Helper()
	all, err := os.ReadDir(w.files)
	w.must(err)
	for _, file := range all {
		names = append(names, file.Name())
	}
	return names
}

func TestLeftOverUploadsAreRemoved(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	inUse := w.look(w.acme, w.upload(w.acme, "email\na@x.test\n")).File
	for _, name := range []string{"broken.csv", "under-way.csv", "notes.txt"} {
		w.must(os.WriteFile(filepath.Join(w.files, name), []byte("email\nb@x.test\n"), 0o600))
	}
	w.must(os.Mkdir(filepath.Join(w.files, "folder.csv"), 0o700))
	old := time.Now().Add(-25 * time.Hour)
	for _, name := range []string{inUse, "broken.csv", "notes.txt"} {
		w.must(os.Chtimes(filepath.Join(w.files, name), old, old))
	}
	w.run(func() bool { return !slices.Contains(w.kept(), "broken.csv") })
	want := []string{inUse, "folder.csv", "notes.txt", "under-way.csv"}
	slices.Sort(want)
	if got := w.kept(); !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestPurgedWorkspaceLeavesNoFile(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	other, err := w.store.CreateWorkspace(ctx, store.NewWorkspace{Name: "Other", Color: "iris", Identifiers: identity.IDOnly}, w.alice)
	w.must(err)
	stays := w.look(w.acme, w.upload(w.acme, "email\na@x.test\n")).File
	w.upload(other, "id\n1\n")
	w.upload(other, "id\n2\n")
	w.must(w.store.DeleteWorkspace(ctx, other.ID, "Other", w.alice))
	began := time.Now()
	w.run(func() bool { return time.Since(began) > 100*time.Millisecond })
	if got := w.kept(); len(got) != 3 {
		t.Errorf("%q: files of a workspace that can be restored went", got)
	}
	w.store.SetClock(func() time.Time { return time.Now().Add(store.RestoreWithin + time.Hour) })
	w.run(func() bool { return len(w.kept()) == 1 })
	if got := w.kept(); !slices.Equal(got, []string{stays}) {
		t.Errorf("kept %q, want %q", got, stays)
	}
}
