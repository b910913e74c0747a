#include "io/http/http_parser.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "tests/support/compress.hpp"
#include "tests/support/kept_body.hpp"

using namespace retort;
using io::http_parser;
using io::http_response;
using namespace std::string_literals;

namespace {

struct reading {
  http_response response;
  std::string unused;  // bytes that the parser did not take
  bool done = false;
  bool keeps_alive = false;
  std::optional<error> failure;
};

// Offers the pieces one after the other as the client does: what was not taken comes first in the
// next offer.
reading read(const std::vector<std::string_view>& pieces, bool ends = false, bool no_body = false,
             io::body_sink* sink = nullptr) {
  reading out;
  http_parser parser(&out.response, sink);
  if (no_body) parser.expect_no_body();
  for (const std::string_view piece : pieces) {
    out.unused += piece;
    do {
      const auto taken = parser.feed(out.unused);
      if (!taken) {
        out.failure = taken.error();
        return out;
      }
      out.unused.erase(0, *taken);
    } while (parser.paused());
  }
  if (ends && !parser.done()) {
    const auto ended = parser.feed_end();
    if (!ended) out.failure = ended.error();
  }
  out.done = parser.done();
  if (out.done) out.keeps_alive = parser.keeps_alive();
  return out;
}

std::vector<std::string_view> single_bytes(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < text.size(); ++i) out.push_back(text.substr(i, 1));
  return out;
}

struct sample {
  const char* name;
  std::string text;
  int status;
  std::string headers, body;
  bool keeps_alive = true;
  std::string unused = "";
  bool until_end = false;  // the end of the connection ends the body
};

void check(const sample& expected, const reading& got) {
  CHECK_FALSE(got.failure.has_value());
  CHECK(got.done);
  CHECK(got.response.status == expected.status);
  CHECK(got.response.headers == expected.headers);
  CHECK(got.response.body == expected.body);
  CHECK(got.keeps_alive == expected.keeps_alive);
  CHECK(got.unused == expected.unused);
}

const std::vector<sample>& samples() {
  static const std::vector<sample> all = {
      {"with a length",
       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
       200, "content-type: application/json\ncontent-length: 7\n", "{\"a\":1}"},
      {"with blanks around values and none after the colon",
       "HTTP/1.1 200 OK\r\nX-A:  b \t\r\nX-Empty:\r\nCONTENT-length:2\r\n\r\nab", 200,
       "x-a: b\nx-empty: \ncontent-length: 2\n", "ab"},
      {"without a reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, "content-length: 0\n",
       ""},
      {"without a reason and the blank before it", "HTTP/1.1 429\r\nContent-Length: 2\r\n\r\nno",
       429, "content-length: 2\n", "no"},
      {"with a folded field", "HTTP/1.1 200 OK\r\nX-A: b\r\n  c\r\nContent-Length: 0\r\n\r\n", 200,
       "x-a: b c\ncontent-length: 0\n", ""},
      {"with bytes that belong to the next",
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 500", 200, "content-length: 2\n",
       "ab", true, "HTTP/1.1 500"},
      {"that closes",
       "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 429,
       "connection: close\ncontent-length: 2\n", "no", false},
      {"chunked",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n "
       "\r\nA\r\n0123456789\r\n"
       "0\r\n\r\n",
       200, "transfer-encoding: chunked\n", "hello 0123456789"},
      {"chunked with extensions and trailers",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
       "3;a=b;c=\"d;e\"\r\nabc\r\n00002;x\r\n\r\n\r\n0;last\r\nX-Sum: 9\r\nX-Other: 1\r\n\r\nrest",
       200, "transfer-encoding: chunked\ntrailer: X-Sum\n", "abc\r\n", true, "rest"},
      {"chunked without a byte", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       200, "transfer-encoding: chunked\n", ""},
      {"an informational one before another", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
       100, "", "", true, "HTTP/1.1 200 OK\r\n"},
      {"204 has no body, whatever its fields say",
       "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nHTTP/", 204, "content-length: 5\n", "",
       true, "HTTP/"},
      {"204 has no body, however large one its fields promise",
       "HTTP/1.1 204 No Content\r\nContent-Length: 723353193\r\n\r\n", 204,
       "content-length: 723353193\n", ""},
      {"304 has no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304,
       "content-length: 5\n", ""},
      {"HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", 200,
       "content-length: 2\n", "ab", false},
      {"HTTP/1.0 that keeps alive",
       "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab", 200,
       "connection: keep-alive\ncontent-length: 2\n", "ab"},
      {"until the end of the connection", "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n{\"a\":1}\r\n\r\n", 200,
       "x-a: b\n", "{\"a\":1}\r\n\r\n", false, "", true},
      {"until the end, HTTP/1.0", "HTTP/1.0 500 Oops\r\n\r\nsorry", 500, "", "sorry", false, "",
       true},
  };
  return all;
}

std::string with_length(std::size_t length) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

void check_too_large(const reading& got, const std::string& what) {
  REQUIRE(got.failure.has_value());
  CHECK(got.failure->code == errc::protocol);
  CHECK(got.failure->message == "the response is too large: over " + what);
}

const std::string all_but_body = "128 KB of headers, 1xx responses and framing";

// What a whole response with that content coding and body reads as.
reading decoded(const std::string& coding, const std::string& body) {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  if (!coding.empty()) text += "Content-Encoding: " + coding + "\r\n";
  text += "\r\n" + body;
  return read({text});
}

}  // namespace

TEST_CASE("a response reads the same wherever its bytes are cut") {
  for (const sample& one : samples()) {
    CAPTURE(one.name);
    const std::string_view text = one.text;
    check(one, read({text}, one.until_end));
    check(one, read(single_bytes(text), one.until_end));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CAPTURE(cut);
      check(one, read({text.substr(0, cut), text.substr(cut)}, one.until_end));
    }
  }
}

TEST_CASE("a connection that ends inside a response is a reset") {
  for (const sample& one : samples()) {
    CAPTURE(one.name);
    const std::string_view text =
        std::string_view(one.text).substr(0, one.text.size() - one.unused.size());
    const std::size_t whole = one.until_end ? text.find("\r\n\r\n") + 4 : text.size();
    for (std::size_t cut = 0; cut < whole; ++cut) {
      CAPTURE(cut);
      const reading got = read({text.substr(0, cut)}, true);
      REQUIRE(got.failure.has_value());
      CHECK(got.failure->code == errc::reset);
      CHECK(got.failure->message == (cut == 0
                                         ? "the connection ended before the response"
                                         : "the connection ended in the middle of the response"));
    }
  }
}

TEST_CASE("a response is done at its last byte, not before") {
  for (const sample& one : samples()) {
    if (one.until_end) continue;
    CAPTURE(one.name);
    const std::string_view text = one.text;
    const std::size_t whole = text.size() - one.unused.size();
    CHECK_FALSE(read({text.substr(0, whole - 1)}).done);
    CHECK(read({text.substr(0, whole)}).done);
  }
}

TEST_CASE("a response has started with its first byte") {
  http_response response;
  http_parser parser(&response);
  CHECK(parser.feed("").value() == 0);
  CHECK(parser.cut_short().message == "the connection ended before the response");
  CHECK(parser.feed("H").has_value());
  CHECK(parser.cut_short().code == errc::reset);
  CHECK(parser.cut_short().message == "the connection ended in the middle of the response");
}

TEST_CASE("the answer to CONNECT has no body, whatever its fields say") {
  const reading got = read(
      {"HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n\x16\x03"}, false, true);
  CHECK(got.done);
  CHECK(got.response.status == 200);
  CHECK(got.unused == "\x16\x03");
}

TEST_CASE("what is not HTTP/1.1 is refused, at once or with its end") {
  for (const std::string& text : {
           "hello\r\n\r\n"s,
           "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"s,
           "HTTP/2.0 200 OK\r\n\r\n"s,
           "HTTP/1.1 20 OK\r\n\r\n"s,
           "HTTP/1.1 2000 OK\r\n\r\n"s,
           "HTTP/1.1 000 OK\r\n\r\n"s,
           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"s,
           "HTTP/1.1 abc OK\r\n\r\n"s,
           "POST /v1 HTTP/1.1\r\n\r\n"s,
           "SSH-2.0-OpenSSH_9.2\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nX-A: b\x01\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nX-A: b\rc\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nX-A: b\nc\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"s,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n0\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n0\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"s,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nab"s,
       }) {
    CAPTURE(text);
    const reading got = read({text});
    REQUIRE(got.failure.has_value());
    CHECK(got.failure->code == errc::protocol);
    CHECK(got.failure->message.find('\n') == std::string::npos);
    const reading bytewise = read(single_bytes(text));
    REQUIRE(bytewise.failure.has_value());
    CHECK(bytewise.failure->code == errc::protocol);
  }
}

TEST_CASE("a header of up to 64 KB is read, a larger one refused") {
  const std::string most = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: ";
  const std::string long_value(60 << 10, 'a');
  CHECK(read({most + long_value + "\r\n\r\n"}).response.header("x-a").size() == long_value.size());
  check_too_large(read({most + long_value + "\r\nX-B: " + std::string(5 << 10, 'b')}),
                  "64 KB of header");
  std::string many = most;
  for (int i = 0; i < 10'000; ++i) many += "\r\nX-Number: " + std::to_string(i);
  check_too_large(read({many + "\r\n\r\n"}), "64 KB of header");
}

TEST_CASE("a body of up to 32 MB is read, a larger one refused") {
  const std::string most(io::max_response_body, 'a');
  CHECK(read({with_length(most.size()), most}).response.body.size() == most.size());
  check_too_large(read({with_length(most.size() + 1)}), "32 MB of body");

  const std::string until_end = "HTTP/1.1 200 OK\r\n\r\n";
  CHECK(read({until_end, most}, true).response.body.size() == most.size());
  check_too_large(read({until_end, most, "a"}), "32 MB of body");

  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  check_too_large(read({chunked, "2000001\r\n"}), "32 MB of body");
  CHECK(read({chunked, "2000000\r\n", most, "\r\n0\r\n\r\n"}).done);
  check_too_large(read({chunked, "2000000\r\n", most, "\r\n1\r\na\r\n0\r\n\r\n"}), "32 MB of body");
}

TEST_CASE("a body that is not coded stays as it is") {
  for (const char* coding : {"", "identity", "IDENTITY", "none", "utf-8", "identity, identity"}) {
    const reading got = decoded(coding, "plain");
    CHECK(got.done);
    CHECK(got.response.body == "plain");
  }
}

TEST_CASE("a gzip body is unpacked, whatever its size") {
  std::string text;
  for (const std::size_t size : {0, 1, 100, 16 << 10, (16 << 10) + 1, 1 << 20}) {
    while (text.size() < size) text += std::to_string(text.size());
    text.resize(size);
    for (const char* coding : {"gzip", "x-gzip", "GZip", "gzip, identity", "identity,gzip"}) {
      const reading got = decoded(coding, test::gzip(text));
      CHECK(got.done);
      CHECK(got.response.body == text);
    }
  }
}

TEST_CASE("an empty body is empty in every coding") {
  for (const char* coding : {"gzip", "br"}) {
    const reading got = decoded(coding, "");
    CHECK(got.done);
    CHECK(got.response.body == "");
  }
}

TEST_CASE("a gzip body of several members is all of them") {
  const reading got = decoded("gzip", test::gzip("one, ") + test::gzip("two"));
  CHECK(got.done);
  CHECK(got.response.body == "one, two");
}

TEST_CASE("a gzip body that is broken anywhere is refused") {
  const std::string packed = test::gzip("a body of a few bytes, and a few more bytes");
  std::vector<std::string> broken = {"not gzip at all", packed + "x"};
  for (std::size_t cut = 1; cut < packed.size(); ++cut) broken.push_back(packed.substr(0, cut));
  for (std::size_t i = 1; i <= 8; ++i) {  // the checksum and the size at its end
    broken.push_back(packed);
    broken.back()[packed.size() - i] ^= 1;
  }
  for (const std::string& body : broken) {
    const reading got = decoded("gzip", body);
    REQUIRE(got.failure.has_value());
    CHECK(got.failure->code == errc::protocol);
    CHECK(got.failure->message == "the response's gzip body is broken or too large");
  }
}

TEST_CASE("a gzip body may unpack to 32 MB and no more") {
  const reading most = decoded("gzip", test::gzip(std::string(io::max_response_body, 'a')));
  CHECK(most.done);
  CHECK(most.response.body.size() == io::max_response_body);
  const reading bomb = decoded("gzip", test::gzip(std::string(io::max_response_body + 1, 'a')));
  REQUIRE(bomb.failure.has_value());
  CHECK(bomb.failure->code == errc::protocol);
}

TEST_CASE("a gzip body that ends with its connection must be whole too") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
  const std::string packed = test::gzip("a body until the end");
  const reading whole = read({head, packed}, true);
  CHECK(whole.done);
  CHECK(whole.response.body == "a body until the end");
  const reading cut = read({head, std::string_view(packed).substr(0, packed.size() - 1)}, true);
  REQUIRE(cut.failure.has_value());
  CHECK(cut.failure->code == errc::protocol);
  CHECK(cut.failure->message == "the response's gzip body is broken or too large");
}

TEST_CASE("gzip bytes that unpack to nothing are no body") {
  const std::string packed = test::gzip("");
  const std::string header = packed.substr(0, 10), nothing("\x00\x00\x00\xff\xff", 5);
  std::string blocks;
  while (blocks.size() < io::max_response_overhead + 1) blocks += nothing;
  test::kept_body sink;
  for (io::body_sink* into :
       {static_cast<io::body_sink*>(nullptr), static_cast<io::body_sink*>(&sink)}) {
    const reading got = read({"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", header, blocks},
                             true, false, into);
    check_too_large(got, all_but_body);
  }
}

TEST_CASE("a gzip body that unpacks to very much does so bit by bit") {
  const std::string text(20 << 20, 'a');
  const std::string packed = test::gzip(text);
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
  http_response response;
  http_parser parser(&response);
  CHECK(parser.feed(head).value() == head.size());
  std::string_view left = packed;
  std::size_t before = 0, most = 0, turns = 0;
  do {
    left.remove_prefix(parser.feed(left).value());
    most = std::max(most, response.body.size() - before);
    before = response.body.size();
    ++turns;
  } while (parser.paused());
  CHECK(parser.feed_end().has_value());
  CHECK(response.body.size() == text.size());
  CHECK(most < 2 << 20);
  CHECK(turns >= 10);
}

TEST_CASE("an unknown content coding is named in one line") {
  const reading got = decoded("Br" + std::string(100, 'x'), "body");
  REQUIRE(got.failure.has_value());
  CHECK(got.failure->code == errc::protocol);
  CHECK(got.failure->message ==
        "the response has an unknown content-encoding: br" + std::string(38, 'x') + "...");
}

TEST_CASE("of two content codings the first counts") {
  const std::string packed = test::gzip("text");
  const reading got = decoded("gzip\r\nContent-Encoding: br", packed);
  CHECK(got.done);
  CHECK(got.response.body == "text");
}

TEST_CASE("with a sink the body of a success goes there, and nowhere else") {
  for (const sample& one : samples()) {
    if (one.status == 100) continue;
    CAPTURE(one.name);
    for (const auto& pieces : {std::vector<std::string_view>{one.text}, single_bytes(one.text)}) {
      test::kept_body sink;
      const reading got = read(pieces, one.until_end, false, &sink);
      CHECK_FALSE(got.failure.has_value());
      CHECK(got.done);
      const bool poured = one.status < 300;
      CHECK(sink.text == (poured ? one.body : ""));
      CHECK(got.response.body == (poured ? "" : one.body));
    }
  }
}

TEST_CASE("a sink gets gzip bodies unpacked, wherever they are cut, and hears of broken ones") {
  const std::string text = "event: a\ndata: {\"x\": 1}\n\nevent: b\ndata: {\"x\": 2}\n\n";
  const std::string packed = test::gzip(text);
  const auto respond = [](const std::string& coding, const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const std::string good = respond("gzip", packed);
  for (const auto& pieces : {std::vector<std::string_view>{good}, single_bytes(good)}) {
    test::kept_body sink;
    CHECK(read(pieces, false, false, &sink).done);
    CHECK(sink.text == text);
  }
  std::string changed = packed;
  changed[packed.size() - 6] ^= 1;  // in the checksum
  for (const std::string& bad : {packed + "x", packed.substr(0, packed.size() - 1), changed}) {
    test::kept_body sink;
    const reading got = read({respond("gzip", bad)}, false, false, &sink);
    REQUIRE(got.failure.has_value());
    CHECK(got.failure->message == "the response's gzip body is broken or too large");
  }
  test::kept_body sink;
  const reading got = read({respond("br", "abc")}, false, false, &sink);
  REQUIRE(got.failure.has_value());
  CHECK(got.failure->message == "the response has an unknown content-encoding: br");
}

TEST_CASE("a body without a byte is as empty to a sink, whatever its coding") {
  for (const std::string coding : {"gzip", "br"}) {
    for (const std::string_view length : {"Content-Length: 0", "Transfer-Encoding: chunked"}) {
      CAPTURE(length);
      const bool chunked = length.starts_with('T');
      test::kept_body sink;
      const std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n";
      const std::string_view body = chunked ? "0\r\n\r\n" : "";
      const reading got = read({head, length, "\r\n\r\n", body}, false, false, &sink);
      CHECK_FALSE(got.failure.has_value());
      CHECK(got.done);
      CHECK(sink.text == "");
    }
  }
}

TEST_CASE("a sink may take more than 32 MB, and says itself when it has enough") {
  const std::string most(io::max_response_body, 'a');
  test::kept_body sink;
  CHECK(read({with_length(most.size() + 1), most, "a"}, false, false, &sink).done);
  CHECK(sink.text.size() == most.size() + 1);
  sink.limit = sink.text.size() + 1;
  const reading got = read({with_length(2), "ab"}, false, false, &sink);
  REQUIRE(got.failure.has_value());
  CHECK(got.failure->message == "enough");
}

TEST_CASE("what is not body has one limit, in whatever it comes") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string much(io::max_response_overhead, 'x');
  std::string lines;
  while (lines.size() < io::max_response_overhead) lines += "T: x\r\n";
  for (const std::string& text : {chunked + "1;a=" + much, chunked + "1\r\na\r\n0\r\nT: " + much,
                                  chunked + "1\r\na\r\n0\r\n" + lines,
                                  chunked + std::string(io::max_response_overhead, '0')}) {
    check_too_large(read({text}), all_but_body);
    check_too_large(read(single_bytes(text)), all_but_body);
  }
  const std::string header = "HTTP/1.1 200 OK\r\nX-A: " + std::string(60 << 10, 'a') + "\r\n\r\n";
  http_response response;
  http_parser behind_others(&response, nullptr, io::max_response_overhead - header.size() + 1);
  const auto taken = behind_others.feed(header);
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().message == "the response is too large: over " + all_but_body);
}

TEST_CASE("a header that comes line by line has the same limit") {
  std::vector<std::string> lines(20'000, "X-Number: 1\r\n");
  std::vector<std::string_view> pieces = {"HTTP/1.1 200 OK\r\n"};
  pieces.insert(pieces.end(), lines.begin(), lines.end());
  check_too_large(read(pieces), "64 KB of header");
}

TEST_CASE("a long body in the smallest chunks is no overhead") {
  std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", body;
  for (int i = 0; i < 100'000; ++i) text += "1\r\na\r\n";
  const reading got = read({text + "0\r\n\r\n"});
  CHECK(got.done);
  CHECK(got.response.body.size() == 100'000);
}

TEST_CASE("a TLS alert for an answer is named") {
  for (const std::string& alert : {"\x15\x03\x03"s, "\x15\x03\x01\x00\x02\x02\x46"s}) {
    const reading got = read({alert});
    REQUIRE(got.failure.has_value());
    CHECK(got.failure->code == errc::protocol);
    CHECK(got.failure->message ==
          "the response is not HTTP but TLS (should the URL begin with https://?)");
  }
}
