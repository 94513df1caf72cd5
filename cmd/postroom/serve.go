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

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/web"
)

type serve struct {
	Addr    string `help:"Address to listen on." default:"127.0.0.1:8080" env:"POSTROOM_ADDR"`
	BaseURL string `help:"Where browsers and messages reach this server. Default: http:// and the address." env:"POSTROOM_BASE_URL"`
	SMTP    string `name:"smtp" help:"Mail server, smtp://user:pass@host:port. Without one, messages land in the built-in mailbox." env:"POSTROOM_SMTP" placeholder:"URL"`
	Senders int    `help:"Messages handed over at once." default:"32" env:"POSTROOM_SENDERS"`

	TLSCert string `name:"tls-cert" help:"Certificate (PEM, with its chain) for HTTPS. It is read again when it changes." env:"POSTROOM_TLS_CERT" placeholder:"FILE"`
	TLSKey  string `name:"tls-key" help:"Private key of the certificate (PEM)." env:"POSTROOM_TLS_KEY" placeholder:"FILE"`
	TLSAddr string `name:"tls-addr" help:"Address to listen on for HTTPS, beside --addr. Default: --addr itself speaks HTTPS when there is a certificate." env:"POSTROOM_TLS_ADDR" placeholder:"HOST:PORT"`

	MetricsAddr string `help:"Address of a listener for /metrics alone, in the format of Prometheus. It asks for no password: keep it private. Default: none." env:"POSTROOM_METRICS_ADDR" placeholder:"HOST:PORT"`

	AllowPrivateWebhooks bool `help:"Let webhooks reach private addresses, such as this machine." env:"POSTROOM_ALLOW_PRIVATE_WEBHOOKS"`
}

// Run serves until it is told to stop. Then requests under way are answered
// and messages that were handed over come to their result; a second signal
// ends it at once.
func (cmd *serve) Run(c *commands) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

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

	doors, err := cmd.doors()
	if err != nil {
		return err
	}
	if cmd.BaseURL == "" {
		cmd.BaseURL = doors[0].url()
	}
	worker, err := cmd.engine(c.Data, db, log)
	if err != nil {
		return err
	}
	handler, err := cmd.handler(c.Data, db, worker, log)
	if err != nil {
		return err
	}
	closeMetrics, err := cmd.metrics(handler, log)
	if err != nil {
		return err
	}
	defer closeMetrics()
	for _, d := range doors {
		log.Info("serving", "address", d.url(), "base_url", cmd.BaseURL, "data", c.Data, "mailbox", worker.UsesMailbox())
	}
	return run(ctx, stop, doors, handler, worker)
}

// run serves and works until ctx ends or any of it fails.
func run(ctx context.Context, stop func(), doors []door, handler http.Handler, worker *engine.Engine) error {
	ended := make(chan error)
	begin := func(part func() error) {
		go func() {
			err := part()
			stop()
			ended <- err
		}()
	}
	begin(func() error { return worker.Run(ctx) })
	for _, d := range doors {
		begin(func() error { return listen(ctx, d, handler) })
	}
	var errs []error
	for range 1 + len(doors) {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}

func (cmd *serve) engine(data string, db *store.Store, log *slog.Logger) (*engine.Engine, error) {
	config := engine.Config{
		Store: db, Log: log, BaseURL: cmd.BaseURL, Uploads: uploads(data), Exports: exports(data), Workers: cmd.Senders,
		Webhook: channel.NewWebhook(cmd.AllowPrivateWebhooks),
	}
	if cmd.SMTP == "" {
		return engine.New(config), nil
	}
	mailer, err := channel.NewSMTP(cmd.SMTP, channel.Options{Connections: cmd.Senders})
	if err != nil {
		return nil, fmt.Errorf("--smtp: %w", err)
	}
	config.Mailer = mailer
	return engine.New(config), nil
}

// metrics serves an operator's Prometheus on a listener of its own, if one is
// set.
func (cmd *serve) metrics(site *web.Server, log *slog.Logger) (stop func() error, err error) {
	if cmd.MetricsAddr == "" {
		return func() error { return nil }, nil
	}
	listener, err := net.Listen("tcp", cmd.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("--metrics-addr: %w", err)
	}
	pages := http.NewServeMux()
	pages.Handle("GET /metrics", site.Metrics())
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	go server.Serve(listener)
	log.Info("metrics", "address", "http://"+listener.Addr().String()+"/metrics")
	return server.Close, nil
}

func (cmd *serve) handler(data string, db *store.Store, worker *engine.Engine, log *slog.Logger) (*web.Server, error) {
	keys, err := cookieKeys(data)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(uploads(data), 0o700); err != nil {
		return nil, err
	}
	return web.New(web.Config{Store: db, Engine: worker, Log: log, Keys: keys, BaseURL: cmd.BaseURL, Uploads: uploads(data), Exports: exports(data), Fetch: channel.NewFetcher(cmd.AllowPrivateWebhooks).Fetch}), nil
}

// listen serves until ctx ends, then lets requests under way finish.
func listen(ctx context.Context, d door, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		TLSConfig:         d.tls,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Minute, // a large file over a slow line
		WriteTimeout:      10 * time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- d.serve(server) }()
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
