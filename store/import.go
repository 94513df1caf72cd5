package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// ImportID names an import of its workspace.
type ImportID int64

// ImportState is how far an import is.
type ImportState string

const (
	Uploaded   ImportState = "uploaded"  // its columns are to be matched
	Checking   ImportState = "checking"  // the engine reads it and changes nobody
	Checked    ImportState = "checked"   // it waits for a yes
	Importing  ImportState = "importing" // the engine imports it
	Paused     ImportState = "paused"
	ImportDone ImportState = "imported"
	Stopped    ImportState = "stopped" // by somebody; what was done stays
	Broken     ImportState = "failed"  // the file cannot be read on; see Problem
	Undoing    ImportState = "undoing" // the engine takes back what it did
	Undone     ImportState = "undone"
)

// Working says that the engine has it in hand.
func (s ImportState) Working() bool { return s == Checking || s == Importing || s == Undoing }

// Begun says that people may have been changed.
func (s ImportState) Begun() bool {
	return s == Importing || s == Paused || s == ImportDone || s == Stopped || s == Undoing || s == Undone
}

// Import is a file of people and what has become of it.
type Import struct {
	ID         ImportID
	Name       string // of the file, as its owner calls it
	File       string // within the folder of uploads
	Size       int64  // bytes
	State      ImportState
	Format     ImportFormat
	Columns    []ImportColumn // one for each of the file's
	Options    ImportOptions
	At         ImportPosition
	Total      int // rows of the file; zero until it is checked
	Rows       int // … that are done
	Created    int // of these, new people; while checking, rows that name nobody yet
	Updated    int
	Skipped    int // that the import's mode leaves out
	Rejected   int
	Removed    int  // people whom it had created and an undo took away
	Restored   int  // people whose attributes an undo set back
	Kept       int  // people whom an undo left as they are, or in part
	Waits      bool // for another import of the workspace
	Problem    string
	CreatedBy  string // the member's name
	CreatedAt  time.Time
	BegunAt    time.Time // when work began, or went on after an interruption
	BegunFrom  int64     // position at that time
	UpdatedAt  time.Time
	FinishedAt time.Time
}

// ImportFormat is how the file is laid out.
type ImportFormat struct {
	Encoding  string         `json:"encoding"` // as it was uploaded; kept is UTF-8
	Separator string         `json:"separator"`
	Header    []string       `json:"header"`
	Samples   [][]string     `json:"samples"` // the first rows
	Start     ImportPosition `json:"start"`   // behind the header
	Found     []ColumnSample `json:"found"`   // of each column, in the rows that were looked at
}

// ColumnSample is what the first rows of a file hold in one column.
type ColumnSample struct {
	Filled int        `json:"filled"`
	Rows   int        `json:"rows"`
	Type   ImportType `json:"type"` // that the values seem to be
}

// ImportPosition is the end of a row: where to go on.
type ImportPosition struct {
	Offset int64 `json:"offset"`
	Line   int   `json:"line"`
}

// Done is the part of the rows that is done, or taken back, in hundredths.
func (i Import) Done() int {
	start := i.Format.Start.Offset
	if i.Size <= start {
		return 100
	}
	read := int(min(max(i.At.Offset-start, 0)*100/(i.Size-start), 100))
	if i.State == Undoing {
		return 100 - read
	}
	return read
}

// Left is how long the rest will take at the pace so far; zero: not known yet.
func (i Import) Left(now time.Time) time.Duration {
	done, spent := i.At.Offset-i.BegunFrom, i.UpdatedAt.Sub(i.BegunAt)
	if done <= 0 || spent < time.Second {
		return 0
	}
	return time.Duration(float64(i.Size-i.At.Offset) / float64(done) * float64(spent))
}

// Pace is rows a second so far; zero: not known yet.
func (i Import) Pace() int {
	read := i.At.Offset - i.Format.Start.Offset
	spent := i.UpdatedAt.Sub(i.BegunAt).Seconds()
	if read <= 0 || spent < 1 {
		return 0
	}
	return int(float64(i.Rows) * float64(i.At.Offset-i.BegunFrom) / float64(read) / spent)
}

// NewImport is a file that was uploaded.
type NewImport struct {
	Name   string
	File   string
	Size   int64
	Format ImportFormat
	Events bool // its rows are events, not people
}

const (
	maxFileName   = 120 // characters of a file's name that are kept
	keptSamples   = 3   // rows that are shown of a file
	maxSampleText = 60  // characters of a value in them
)

// CreateImport keeps a file that was uploaded. Its columns are guessed.
func (s *Store) CreateImport(ctx context.Context, ws WorkspaceID, n NewImport, by Actor) (id ImportID, err error) {
	n.Name = clipRunes(n.Name, maxFileName)
	err = s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		known, err := dataNames(ctx, tx, ws, "attribute")
		if err != nil {
			return err
		}
		columns, options, err := tx.recall(ws, n)
		if err == ErrNotFound {
			columns, options, err = GuessColumns(w.Identifiers, n.Format, n.Events, known), ImportOptions{Mode: NewAndExisting, Events: n.Events}, nil
		}
		if err != nil {
			return err
		}
		n.Format.Found = found(n.Format)
		n.Format.Samples = shown(n.Format.Samples)
		return tx.row(`
			insert into imports (workspace_id, name, name_key, file, size, state, format, mapping, options, header_key, position, line, created_by, created_at, updated_at)
			values (?, ?, ?, ?, ?, 'uploaded', ?, ?, ?, ?, ?, ?, ?, ?, ?)
			returning import_id`,
			ws, n.Name, nameFold(n.Name), n.File, n.Size, encode(n.Format), encode(columns), encode(options), headerKey(n.Format.Header, n.Events),
			n.Format.Start.Offset, n.Format.Start.Line, orZero(by.ID), micros(tx.now), micros(tx.now)).Scan(&id)
	})
	return id, err
}

// found is what the first rows hold in each column.
func found(f ImportFormat) []ColumnSample {
	all := make([]ColumnSample, len(f.Header))
	for i := range all {
		all[i] = ColumnSample{Rows: len(f.Samples), Type: guessType(f.Samples, i)}
		for _, record := range f.Samples {
			if i < len(record) && strings.TrimSpace(record[i]) != "" {
				all[i].Filled++
			}
		}
	}
	return all
}

// shown is as much of the first rows as a page shows.
func shown(samples [][]string) [][]string {
	few := make([][]string, 0, keptSamples)
	for _, record := range samples[:min(len(samples), keptSamples)] {
		short := make([]string, len(record))
		for i, value := range record {
			short[i] = clipRunes(value, maxSampleText)
		}
		few = append(few, short)
	}
	return few
}

func clipRunes(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return text
}

// Imports is the workspace's imports, the newest first. q is searched in the
// names of the files.
func (s *Store) Imports(ctx context.Context, ws WorkspaceID, q string, page Page) ([]Import, error) {
	q = nameFold(q)
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, `
			select `+importColumns+` from imports i left join members m on m.member_id = i.created_by
			where i.workspace_id = ? and i.import_id > ? and instr(i.name_key, ?) > 0
			order by i.import_id
			limit ?`, ws, page.After, q, page.Limit)
		newer, err := collect(rows, err, scanImport)
		slices.Reverse(newer)
		return newer, err
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+importColumns+` from imports i left join members m on m.member_id = i.created_by
		where i.workspace_id = ? and i.import_id < ? and instr(i.name_key, ?) > 0
		order by i.import_id desc
		limit ?`, ws, beforeOr(page.Before), q, page.Limit)
	return collect(rows, err, scanImport)
}

// Import is the import with this id, if the workspace has it.
func (s *Store) Import(ctx context.Context, ws WorkspaceID, id ImportID) (Import, error) {
	return importByID(ctx, s.read, ws, id)
}

func importByID(ctx context.Context, q queryer, ws WorkspaceID, id ImportID) (Import, error) {
	i, err := scanImport(q.QueryRowContext(ctx, `
		select `+importColumns+` from imports i left join members m on m.member_id = i.created_by
		where i.workspace_id = ? and i.import_id = ?`, ws, id).Scan)
	return i, known(err)
}

// NextImport is the import that the engine has in hand, the oldest first;
// ErrNotFound: none.
func (s *Store) NextImport(ctx context.Context, ws WorkspaceID) (Import, error) {
	i, err := scanImport(s.read.QueryRowContext(ctx, `
		select `+importColumns+` from imports i left join members m on m.member_id = i.created_by
		where i.workspace_id = ? and i.state in ('checking', 'importing', 'undoing')
		order by i.import_id
		limit 1`, ws).Scan)
	return i, known(err)
}

// ImportsAtWork is how many imports of the workspace the engine has in hand.
func (s *Store) ImportsAtWork(ctx context.Context, ws WorkspaceID) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `
		select count(*) from imports where workspace_id = ? and state in ('checking', 'importing', 'undoing')`, ws).Scan(&n)
	return n, err
}

// FileOfImport says whether an import of any workspace has this file. One that
// none has is left over from an upload that broke off.
func (s *Store) FileOfImport(ctx context.Context, file string) (is bool, err error) {
	err = s.read.QueryRowContext(ctx, `select exists (select 1 from imports where file = ?)`, file).Scan(&is)
	return is, err
}

const importColumns = `i.import_id, i.name, i.file, i.size, i.state, i.format, i.mapping, i.options, i.position, i.line, i.total, i.row_count,
	i.created, i.updated, i.skipped, i.rejected,
	i.removed, i.restored, i.kept,
	i.state in ('checking', 'importing', 'undoing') and exists (
		select 1 from imports o
		where o.workspace_id = i.workspace_id and o.import_id < i.import_id and o.state in ('checking', 'importing', 'undoing')),
	i.problem, coalesce(m.name, ''), i.created_at, i.begun_at, i.begun_from, i.updated_at, coalesce(i.finished_at, 0)`

func scanImport(scan func(...any) error) (i Import, err error) {
	var format, columns, options string
	var created, begun, updated, finished int64
	err = scan(&i.ID, &i.Name, &i.File, &i.Size, &i.State, &format, &columns, &options, &i.At.Offset, &i.At.Line, &i.Total, &i.Rows,
		&i.Created, &i.Updated, &i.Skipped, &i.Rejected,
		&i.Removed, &i.Restored, &i.Kept, &i.Waits, &i.Problem, &i.CreatedBy, &created, &begun, &i.BegunFrom, &updated, &finished)
	if err != nil {
		return i, err
	}
	i.CreatedAt, i.BegunAt, i.UpdatedAt, i.FinishedAt = instant(created), instant(begun), instant(updated), instant(finished)
	if err := json.Unmarshal([]byte(format), &i.Format); err != nil {
		return i, err
	}
	if err := json.Unmarshal([]byte(options), &i.Options); err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(columns), &i.Columns)
}
