// SPDX-License-Identifier: BSD-2-Clause
// The smallest milter on emersion's go-milter that does something: it adds a header.
package main

import (
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/emersion/go-milter"
)

type small struct{ milter.NoOpMilter }

func (small) Body(m *milter.Modifier) (milter.Response, error) {
	return milter.RespAccept, m.AddHeader("X-Small", "seen")
}

func main() {
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := milter.Server{
		NewMilter: func() milter.Milter { return small{} },
		Actions:   milter.OptAddHeader,
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	go func() {
		<-end
		server.Close()
	}()
	if err := server.Serve(listener); err != nil && err != milter.ErrServerClosed {
		log.Fatal(err)
	}
}
