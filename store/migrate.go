package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the migrations that this database has not seen, each in its
// own transaction, and refuses a database that a newer program has changed.
func migrate(ctx context.Context, db *sql.DB) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err != nil {
		return err
	}
	done, latest, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if done > latest {
		return fmt.Errorf("the database is newer than this program (version %d, known up to %d): use the newer program, or restore a backup", done, latest)
	}
	if done == latest {
		return nil
	}
	_, err = provider.Up(ctx)
	return err
}
