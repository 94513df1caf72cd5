package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/postroom/postroom/store"
)

// openStore opens the database in the data folder, which is made when it is
// missing.
func openStore(data string) (*store.Store, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return store.Open(filepath.Join(data, "postroom.db"))
}

// uploads is the folder for files that are imported.
func uploads(data string) string { return filepath.Join(data, "imports") }

// exports is the folder of files that exports write.
func exports(data string) string { return filepath.Join(data, "exports") }

// cookieKeys reads the keys of the session cookie: a line for each pair, the
// newest first, signing and encryption key in hexadecimal. The first start
// makes the first pair. To rotate them, put a new line on top; remove the old
// one after a month.
func cookieKeys(data string) ([][]byte, error) {
	path := filepath.Join(data, "session.keys")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newCookieKeys(path)
	}
	if err != nil {
		return nil, err
	}
	var keys [][]byte
	for _, word := range strings.Fields(string(text)) {
		key, err := hex.DecodeString(word)
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("%s: a key is not 64 hexadecimal digits", path)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 || len(keys)%2 != 0 {
		return nil, fmt.Errorf("%s: want two keys on each line", path)
	}
	return keys, nil
}

func newCookieKeys(path string) ([][]byte, error) {
	sign, encrypt := make([]byte, 32), make([]byte, 32)
	rand.Read(sign)
	rand.Read(encrypt)
	line := hex.EncodeToString(sign) + " " + hex.EncodeToString(encrypt) + "\n"
	return [][]byte{sign, encrypt}, os.WriteFile(path, []byte(line), 0o600)
}
