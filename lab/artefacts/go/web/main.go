// SPDX-License-Identifier: GPL-3.0-or-later

// The lab's sample web service. Told to end, it first says that it is not ready and goes on serving, until load
// balancers have surely taken it out; then it takes no new connection and ends with the last request.
//
//	PORT            to listen on; 8080 by default
//	POD_NAME        who answers; the host name by default
//	SHUTDOWN_DELAY  how long it serves after SIGTERM, as a Go duration; 5s by default
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Longest time given to requests under way when the delay is over.
const drain = 10 * time.Second

func main() {
	if err := serve(); err != nil {
		log.Fatal(err)
	}
}

func serve() error {
	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	name := setting("POD_NAME", hostname)
	delay, err := time.ParseDuration(setting("SHUTDOWN_DELAY", "5s"))
	if err != nil {
		return fmt.Errorf("SHUTDOWN_DELAY: %w", err)
	}

	var ending atomic.Bool
	server := &http.Server{Addr: ":" + setting("PORT", "8080"), Handler: handler(name, &ending), ReadHeaderTimeout: drain}
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()

	select {
	case err := <-failed:
		return err
	case <-told.Done():
	}
	log.Printf("told to end: not ready any more, serving for another %s", delay)
	ending.Store(true)
	time.Sleep(delay)
	// Clients that reuse their connections are told to take another one with their next answer.
	server.SetKeepAlivesEnabled(false)
	last, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func handler(name string, ending *atomic.Bool) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	routes.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if ending.Load() {
			http.Error(w, "shutting down", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	routes.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		if ending.Load() {
			w.Header().Set("Connection", "close")
		}
		fmt.Fprintln(w, name)
	})
	return routes
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
