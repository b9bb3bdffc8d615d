package io.fairlead.bench.ingress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what nginx, HAProxy and wrk are told: the same hosts, the same fields for backends, and what their manuals
 * recommend for throughput.
 *
 * <p>Confined to the main thread.
 *
 * @param directory where the files go; {@code tls.pem} and {@code tls.key} are there
 * @param hosts that are served
 */
public record PeerFiles(Path directory, int hosts) {

    /** The certificate of all hosts. */
    public Path certificate() {
        return directory.resolve("tls.pem");
    }

    public Path key() {
        return directory.resolve("tls.key");
    }

    /** One worker in one process. */
    public Path nginx() {
        StringBuilder names = new StringBuilder("grpc.example.com");
        for (int i = 0; i < hosts; i++) {
            names.append("\n      ").append(Traffic.host(i));
        }
        return write("nginx.conf", """
                daemon off;
                master_process off;
                pid DIR/nginx.pid;
                error_log DIR/nginx.err;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  server_tokens off;
                  tcp_nodelay on;
                  keepalive_requests 1000000000;
                  keepalive_timeout 75s;
                  server_names_hash_max_size 16384;
                  server_names_hash_bucket_size 128;
                  client_body_temp_path DIR/body;
                  proxy_temp_path DIR/proxy;
                  fastcgi_temp_path DIR/fastcgi;
                  uwsgi_temp_path DIR/uwsgi;
                  scgi_temp_path DIR/scgi;
                  client_max_body_size 0;
                  http2_recv_buffer_size 1m;
                  upstream web { server ADDRESS:WEB; keepalive 64; keepalive_requests 1000000000; }
                  upstream grpc { server ADDRESS:GRPC; keepalive 512; keepalive_requests 1000000000; }
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $host;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Host $host;
                  proxy_set_header X-Forwarded-Port $server_port;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Real-IP $remote_addr;
                  proxy_set_header X-Request-ID $request_id;
                  proxy_buffer_size 16k;
                  proxy_buffers 8 64k;
                  proxy_busy_buffers_size 128k;
                  proxy_max_temp_file_size 0;
                  ssl_certificate DIR/tls.pem;
                  ssl_certificate_key DIR/tls.key;
                  ssl_protocols TLSv1.2 TLSv1.3;
                  ssl_session_tickets on;
                  ssl_session_cache off;
                  server {
                    listen ADDRESS:PLAIN;
                    listen ADDRESS:SECURE ssl;
                    listen ADDRESS:HTTP2 http2;
                    server_name NAMES;
                    location / { proxy_pass http://web; }
                    location /bench.Echo/ {
                      grpc_set_header Host $host;
                      grpc_set_header X-Forwarded-For $remote_addr;
                      grpc_set_header X-Forwarded-Host $host;
                      grpc_set_header X-Forwarded-Port $server_port;
                      grpc_set_header X-Forwarded-Proto $scheme;
                      grpc_set_header X-Real-IP $remote_addr;
                      grpc_set_header X-Request-ID $request_id;
                      grpc_pass grpc://grpc;
                    }
                  }
                }
                """.replace("NAMES", names)
                .replace("PLAIN", port(Contender.NGINX.plainPort()))
                .replace("SECURE", port(Contender.NGINX.securePort()))
                .replace("HTTP2", port(Contender.NGINX.http2Port())));
    }

    /** One thread. */
    public Path haproxy() {
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < hosts; i++) {
            map.append(Traffic.host(i)).append(" web\n");
        }
        write("hosts.map", map.toString());
        return write("haproxy.cfg", """
                global
                  nbthread 1
                  maxconn 4000
                  tune.bufsize 65536
                  tune.h2.max-concurrent-streams 1000
                defaults
                  mode http
                  timeout client 60s
                  timeout server 60s
                  timeout connect 5s
                  option http-keep-alive
                  http-reuse always
                frontend plain
                  bind ADDRESS:PLAIN
                  bind ADDRESS:HTTP2 proto h2
                  http-request set-header X-Forwarded-For %[src]
                  http-request set-header X-Forwarded-Host %[req.hdr(host)]
                  http-request set-header X-Forwarded-Port %[dst_port]
                  http-request set-header X-Forwarded-Proto http
                  http-request set-header X-Real-IP %[src]
                  http-request set-header X-Request-ID %[uuid()]
                  use_backend %[req.hdr(host),lower,map(DIR/hosts.map)]
                backend web
                  server web ADDRESS:WEB pool-max-conn -1
                """.replace("PLAIN", port(Contender.HAPROXY.plainPort()))
                .replace("HTTP2", port(Contender.HAPROXY.http2Port())));
    }

    /** A request of a random host each time. */
    public Path wrk() {
        StringBuilder fields = new StringBuilder();
        for (String field : Traffic.FIELDS) {
            fields.append("wrk.headers['")
                    .append(Traffic.name(field))
                    .append("'] = '")
                    .append(Traffic.value(field))
                    .append("'\n");
        }
        return write("hosts.lua", """
                FIELDSlocal requests = {}
                function init(args)
                  for i = 1, HOSTS do
                    wrk.headers['Host'] = 'host' .. (i - 1) .. '.example.com'
                    requests[i] = wrk.format('GET', wrk.path)
                  end
                  math.randomseed(7)
                end
                function request()
                  return requests[math.random(HOSTS)]
                end
                """.replace("FIELDS", fields).replace("HOSTS", Integer.toString(hosts)));
    }

    /** A message of gRPC. */
    public Path grpcMessage() {
        try {
            return Files.write(directory.resolve("message.grpc"), GrpcBackend.message());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String port(int port) {
        return Integer.toString(port);
    }

    private Path write(String name, String text) {
        String filled = text.replace("DIR", directory.toString())
                .replace("ADDRESS", Contender.ADDRESS)
                .replace("WEB", port(Backend.WEB_PORT))
                .replace("GRPC", port(Backend.GRPC_PORT));
        try {
            return Files.writeString(directory.resolve(name), filled);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
