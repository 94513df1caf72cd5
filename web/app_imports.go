package web

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// appImport is an import as the App API tells it.
type appImport struct {
	ID            store.ImportID   `json:"id"`
	Name          string           `json:"name"`
	Description   string           `json:"description"`
	Type          string           `json:"type"`
	Identifier    string           `json:"identifier"`
	DataToProcess store.ImportMode `json:"data_to_process"`
	State         string           `json:"state"`
	Error         string           `json:"error"`
	RowsToImport  int              `json:"rows_to_import"`
	RowsImported  int              `json:"rows_imported"`
	CreatedAt     int64            `json:"created_at"`
	UpdatedAt     int64            `json:"updated_at"`
}

// appImportStates is the states in the reference product's words.
var appImportStates = map[store.ImportState]string{
	store.Uploaded: "preprocessed", store.Checking: "validating", store.Checked: "validated",
	store.Importing: "importing", store.Paused: "importing", store.ImportDone: "imported", store.Undoing: "imported", store.Undone: "imported",
	store.Broken: "failed", store.Stopped: "canceled",
}

func appImportOf(i store.Import) appImport {
	a := appImport{
		ID: i.ID, Name: i.Name, Description: i.Options.Description, Type: "people", Identifier: string(i.Options.By), DataToProcess: i.Options.Mode,
		State: appImportStates[i.State], Error: i.Problem, RowsToImport: i.Total, CreatedAt: i.CreatedAt.Unix(), UpdatedAt: i.UpdatedAt.Unix(),
	}
	if i.Options.Events {
		a.Type = "event"
	}
	if i.State.Begun() {
		a.RowsImported = i.Created + i.Updated
	}
	return a
}

// importCall is what a program asks to be imported.
type importCall struct {
	name, address string
	options       store.ImportOptions
}

func readImport(c echo.Context) (call importCall, err error) {
	body, err := readObject(c)
	if err != nil {
		return call, err
	}
	in, ok := body["import"].(map[string]any)
	if !ok {
		return call, badCall("import is required")
	}
	text := func(name string) string { s, _ := in[name].(string); return strings.TrimSpace(s) }
	call = importCall{name: text("name"), address: text("data_file_url")}
	call.options = store.ImportOptions{
		Events: text("type") == "event", Mode: store.ImportMode(text("data_to_process")), By: identity.Kind(text("identifier")),
		Auto: true, Description: text("description"),
	}
	if call.options.Mode == "" {
		call.options.Mode = store.NewAndExisting
	}
	switch {
	case !slices.Contains([]string{"people", "event"}, text("type")):
		return call, badCall("import.type must be people or event")
	case call.address == "":
		return call, badCall("import.data_file_url is required")
	}
	if u, err := url.Parse(call.address); call.name == "" && err == nil {
		call.name = baseName(path.Base(u.Path))
	}
	return call, nil
}

// importFile fetches a file and has it checked and imported. Its columns are
// matched by their names.
func (s *Server) importFile(c echo.Context) error {
	call, err := readImport(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	upload, err := s.fetchUpload(ctx, call)
	if wrong, ok := invalid(err); ok {
		return badCall("import.data_file_url: %s", wrong["file"])
	}
	if err != nil {
		return err
	}
	id, err := s.store.CreateImport(ctx, ws, upload, store.APICalls)
	if err != nil {
		os.Remove(filepath.Join(s.uploads, upload.File))
		return err
	}
	i, err := s.store.Import(ctx, ws, id)
	if err == nil {
		err = s.store.CheckImport(ctx, ws, id, i.Columns, call.options)
	}
	if wrong, ok := invalid(err); ok {
		if _, err := s.store.DeleteImport(ctx, ws, id, store.APICalls); err != nil {
			return err
		}
		os.Remove(filepath.Join(s.uploads, upload.File))
		return badCall("import: %s", wrong.Error())
	}
	if err != nil {
		return err
	}
	return s.answerImport(c, id)
}

// fetchUpload streams the file of a call into the folder of uploads.
func (s *Server) fetchUpload(ctx context.Context, call importCall) (store.NewImport, error) {
	if s.fetch == nil {
		return store.NewImport{}, store.Invalid{"file": "This server fetches no files."}
	}
	src, err := s.fetch(ctx, call.address)
	if err != nil {
		return store.NewImport{}, store.Invalid{"file": err.Error()}
	}
	defer src.Close()
	upload, err := s.saveUpload(http.MaxBytesReader(nil, src, maxUpload+1))
	upload.Name, upload.Events = call.name, call.options.Events
	return upload, err
}

func (s *Server) showAppImport(c echo.Context) error {
	n, err := id[store.ImportID](c, "import")
	if err != nil {
		return err
	}
	return s.answerImport(c, n)
}

func (s *Server) answerImport(c echo.Context, id store.ImportID) error {
	i, err := s.store.Import(c.Request().Context(), here(c).ID, id)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"import": appImportOf(i)})
}
