"""A client of HTTP/2 by python3-h2: HOST PORT AUTHORITY. Says "ok WHAT" for each thing that went well."""
import socket
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings


class Client:
    def __init__(self, host, port, settings=None):
        self.socket = socket.create_connection((host, port), timeout=20)
        self.h2 = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=True))
        if settings:
            self.h2.local_settings = h2.settings.Settings(client=True, initial_values=settings)
        self.h2.initiate_connection()
        self.flush()
        self.answers = {}

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def ask(self, path, body=None, trailers=None, fields=()):
        stream = self.h2.get_next_available_stream_id()
        method = "GET" if body is None else "POST"
        head = [(":method", method), (":scheme", "http"), (":authority", sys.argv[3]), (":path", path), *fields]
        self.h2.send_headers(stream, head, end_stream=body is None)
        self.answers[stream] = {"status": None, "body": b"", "trailers": [], "ended": False}
        self.flush()
        if body is not None:
            self.send(stream, body, trailers)
        return stream

    def send(self, stream, body, trailers):
        """Content as far as the windows allow."""
        while body:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(body))
            if room == 0:
                self.receive()
                continue
            self.h2.send_data(stream, body[:room], end_stream=len(body) == room and not trailers)
            body = body[room:]
            self.flush()
        if trailers:
            self.h2.send_headers(stream, trailers, end_stream=True)
            self.flush()

    def receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("the connection ended")
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self.answers[event.stream_id]["status"] = dict(event.headers)[b":status"]
            elif isinstance(event, h2.events.DataReceived):
                self.answers[event.stream_id]["body"] += event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.TrailersReceived):
                self.answers[event.stream_id]["trailers"] = event.headers
            elif isinstance(event, h2.events.StreamEnded):
                self.answers[event.stream_id]["ended"] = True
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                raise SystemExit(f"unexpected: {event}")
        self.flush()

    def answer(self, stream):
        while not self.answers[stream]["ended"]:
            self.receive()
        return self.answers[stream]


def check(what, condition, seen):
    if not condition:
        raise SystemExit(f"{what}: {seen}")
    print("ok", what)


host, port = sys.argv[1], int(sys.argv[2])
client = Client(host, port)

streams = [client.ask(f"/many/{i}") for i in range(90)]
answers = [client.answer(stream) for stream in streams]
right = all(a["status"] == b"200" and f"GET /many/{i} ".encode() in a["body"] for i, a in enumerate(answers))
check("many streams", right, answers)

answer = client.answer(client.ask("/up", body=b"x" * 1_000_000, trailers=[("my-sum", "17")]))
check("content and trailers up", b"content 1000000 " in answer["body"] and b"my-sum: 17" in answer["body"], answer)

answer = client.answer(client.ask("/", fields=[("echo-form", "trailers"), ("te", "trailers")]))
check("trailers down", (b"echo-sum", b"7") in answer["trailers"], answer)

small = Client(host, port, {h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1000})
streams = [small.ask("/down/100000") for _ in range(5)]
check("small windows", all(len(small.answer(s)["body"]) == 100000 for s in streams), "lengths")

hungry, other = client.ask("/down/10000000"), client.ask("/beside")
client.answer(other)
check("a short answer beside a long one", not client.answers[hungry]["ended"], "the long one came first")
check("a long answer", len(client.answer(hungry)["body"]) == 10000000, "length")
