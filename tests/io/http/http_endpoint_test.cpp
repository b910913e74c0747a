#include "io/http/http_endpoint.hpp"

#include <doctest/doctest.h>

#include "io/http/http_wire.hpp"

using namespace retort::io;

namespace {

http_endpoint example() {
  http_endpoint to;
  to.base = parse_url("http://user:secret@example.com:8080/v1").value();
  to.target = "/chat/completions";
  to.content_type = "application/json";
  to.headers = "Authorization: Bearer key\r\n";
  return to;
}

}  // namespace

TEST_CASE("the usual POST goes to the target below the base, with the endpoint's own headers") {
  CHECK(text_of({std::make_shared<http_head>(make_usual_head(example())), "{}"}) ==
        "POST /v1/chat/completions HTTP/1.1\r\nHost: example.com:8080\r\n"
        "User-Agent: retort/0.1\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n"
        "Content-Type: application/json\r\nAuthorization: Bearer key\r\n"
        "Content-Length: 2\r\n\r\n{}");
}

TEST_CASE("another request says its own method, path and type of content, or none") {
  const http_head fetch = make_head(example(), "GET", "/files/7", "");
  CHECK(fetch.method == "GET");
  CHECK(fetch.target == "/v1/files/7");
  CHECK(fetch.text ==
        "GET /v1/files/7 HTTP/1.1\r\nHost: example.com:8080\r\n"
        "User-Agent: retort/0.1\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n"
        "Authorization: Bearer key\r\nContent-Length: ");
  const std::string put = make_head(example(), "PUT", "/x", "text/plain").text;
  CHECK(put.starts_with("PUT /v1/x HTTP/1.1\r\n"));
  CHECK(put.find("Content-Type: text/plain\r\n") != std::string::npos);
}

TEST_CASE("the URL that is shown holds no userinfo and no header") {
  CHECK(usual_url(example()) == "http://example.com:8080/v1/chat/completions");
}

TEST_CASE("buffers are given back where many connections, or long responses, would hold them") {
  http_endpoint to = example();
  CHECK(buffers_for(to) == buffers::kept);
  to.connections = 512;
  CHECK(buffers_for(to) == buffers::kept);
  to.connections = 513;
  CHECK(buffers_for(to) == buffers::freed);
  to.connections = 1;
  to.streams = true;
  CHECK(buffers_for(to) == buffers::freed);
}
