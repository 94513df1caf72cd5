package browser

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// Program is the binary, built.
type Program string

// Build compiles the program of the repository at root into a folder, as make
// build does, but without what a release adds.
func Build(ctx context.Context, root, folder string) (Program, error) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		return "", err
	}
	tags := regexp.MustCompile(`(?m)^TAGS\s*:=\s*(\S+)`).FindSubmatch(makefile)
	if tags == nil {
		return "", fmt.Errorf("the Makefile has no TAGS")
	}
	binary := filepath.Join(folder, "postroom")
	build := exec.CommandContext(ctx, "go", "build", "-tags="+string(tags[1]), "-o", binary, "./cmd/postroom")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return Program(binary), nil
}

// Run runs a command of the program to its end.
func (p Program) Run(args ...string) error {
	out, err := exec.Command(string(p), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("postroom %v: %w\n%s", args, err, out)
	}
	return nil
}

// Server is the program, serving.
type Server struct {
	URL string

	command *exec.Cmd
	log     bytes.Buffer
}

// Serve starts the program on a free port of this machine. Stop it.
func (p Program) Serve(data string, args ...string) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	listener.Close()
	s := &Server{URL: "http://" + address}
	s.command = exec.Command(string(p), append([]string{"serve", "--addr", address, "--data", data}, args...)...)
	s.command.Stdout, s.command.Stderr = &s.log, &s.log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	return s, s.await()
}

func (s *Server) await() error {
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		answer, err := http.Get(s.URL + "/readyz")
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("the server does not answer: %s", s.Stop())
}

// Stop ends the server and returns what it logged.
func (s *Server) Stop() string {
	s.command.Process.Signal(syscall.SIGTERM)
	s.command.Wait()
	return s.log.String()
}
