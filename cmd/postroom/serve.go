package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/web"
)

type serve struct {
	Addr    string `help:"Address to listen on." default:"127.0.0.1:8080" env:"POSTROOM_ADDR"`
	BaseURL string `help:"Where browsers and messages reach this server. Default: http:// and the address." env:"POSTROOM_BASE_URL"`
}

func (cmd *serve) Run(c *commands) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	release, err := lock(c.Data)
	if err != nil {
		return err
	}
	defer release()

	listener, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return err
	}
	if cmd.BaseURL == "" {
		cmd.BaseURL = "http://" + listener.Addr().String()
	}
	handler, err := cmd.handler(c.Data, db, log)
	if err != nil {
		return err
	}
	log.Info("serving", "address", "http://"+listener.Addr().String(), "base_url", cmd.BaseURL, "data", c.Data)
	return listen(ctx, listener, handler)
}

func (cmd *serve) handler(data string, db *store.Store, log *slog.Logger) (http.Handler, error) {
	keys, err := cookieKeys(data)
	if err != nil {
		return nil, err
	}
	uploads := filepath.Join(data, "imports")
	if err := os.MkdirAll(uploads, 0o700); err != nil {
		return nil, err
	}
	return web.New(web.Config{Store: db, Engine: nil, Log: log, Keys: keys, BaseURL: cmd.BaseURL, Uploads: uploads}), nil
}

// listen serves until ctx ends, then lets requests under way finish.
func listen(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Minute, // a large file over a slow line
		WriteTimeout:      10 * time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// lock keeps a second server away from the data folder: it would take what
// this one has handed over for lost.
func lock(data string) (release func(), err error) {
	path := filepath.Join(data, "serve.lock")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("another server already uses the data folder %s", data)
	}
	return func() { file.Close() }, nil
}
