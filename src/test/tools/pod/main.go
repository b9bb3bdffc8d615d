// The workload of a test cluster, as one static program without a shell beside it:
//
//	pod            answers "NAME saw ADDRESS" over HTTP on port 8080 and over UDP on port 5353
//	pod get URL    asks once, prints the answer; the resolver is that of the Pod
//	pod pause      holds the namespaces of a Pod, and is what their orphans are left to
//
// The server's NAME is $POD_NAME, else the host's. After SIGTERM it goes on answering for $GRACE (a duration such as 5s;
// none if it is not set), as a server must that other nodes still send new connections to, and says at /readyz that it
// is not ready any more.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	httpAddress = ":8080"
	udpAddress  = ":5353"
	askTimeout  = 5 * time.Second
	// Longer than a datagram that anybody sends here.
	datagramBytes = 2048
	answerBytes   = 1 << 20
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "pause":
		pause()
	case len(os.Args) == 3 && os.Args[1] == "get":
		get(os.Args[2])
	case len(os.Args) == 1:
		serve()
	default:
		fail(fmt.Errorf("usage: pod [pause | get URL]"))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pod:", err)
	os.Exit(1)
}

// Reaps what is left to it: as process 1 of a shared namespace nobody else can.
func pause() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if err == syscall.EINTR {
				continue
			}
			if err != nil || pid == 0 {
				break
			}
		}
	}
}

func get(url string) {
	client := http.Client{Timeout: askTimeout}
	response, err := client.Get(url)
	if err != nil {
		fail(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerBytes))
	if err != nil {
		fail(err)
	}
	fmt.Print(string(body))
	if response.StatusCode != http.StatusOK {
		fail(fmt.Errorf("%s answered %s", url, response.Status))
	}
}

func serve() {
	grace, err := time.ParseDuration(os.Getenv("GRACE"))
	if err != nil && os.Getenv("GRACE") != "" {
		fail(fmt.Errorf("GRACE: %w", err))
	}
	name := os.Getenv("POD_NAME")
	if name == "" {
		if name, err = os.Hostname(); err != nil {
			fail(err)
		}
	}
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	datagrams, err := net.ListenPacket("udp", udpAddress)
	if err != nil {
		fail(err)
	}
	go answerDatagrams(name, datagrams)
	server := httpServer(name, stop)
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			fail(err)
		}
	}()
	<-stop.Done()
	time.Sleep(grace)
	// What is under way is finished; idle connections are closed.
	ending, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		fail(err)
	}
}

func httpServer(name string, stop context.Context) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if stop.Err() != nil {
			http.Error(w, "is stopping", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, request *http.Request) {
		from, err := netip.ParseAddrPort(request.RemoteAddr)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if stop.Err() != nil {
			// So that no client still has this connection when the server goes.
			w.Header().Set("Connection", "close")
		}
		io.WriteString(w, line(name, from))
	})
	return &http.Server{Addr: httpAddress, Handler: mux}
}

func line(name string, from netip.AddrPort) string {
	return fmt.Sprintf("%s saw %s\n", name, from.Addr().Unmap())
}

func answerDatagrams(name string, socket net.PacketConn) {
	buffer := make([]byte, datagramBytes)
	for {
		_, from, err := socket.ReadFrom(buffer)
		if err != nil {
			fail(err)
		}
		if address, err := netip.ParseAddrPort(from.String()); err == nil {
			// A client that is gone is no reason to stop.
			_, _ = socket.WriteTo([]byte(line(name, address)), from)
		}
	}
}
