#include "providers/stream/sse.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort::providers;

namespace {

using texts = std::vector<std::string>;

// Every event as "type|data".
class collector {
 public:
  collector& feed(std::string_view bytes) {
    parser.feed(bytes, [this](const sse_event& event) { take(event); });
    return *this;
  }
  collector& finish() {
    parser.finish([this](const sse_event& event) { take(event); });
    return *this;
  }

  sse_parser parser;
  texts events;

 private:
  void take(const sse_event& event) {
    events.push_back(std::string(event.type) + "|" + std::string(event.data));
  }
};

texts events_of(std::string_view stream) { return collector().feed(stream).finish().events; }

std::string with_endings(std::string_view stream, std::string_view ending) {
  std::string out;
  for (const char c : stream) c == '\n' ? out.append(ending) : out.append(1, c);
  return out;
}

}  // namespace

TEST_CASE("an event is its data lines, up to a blank line") {
  struct {
    std::string_view stream;
    texts events;
  } const table[] = {
      {"", {}},
      {"\n\n", {}},
      {"data: a\n\n", {"|a"}},
      {"data:a\n\n", {"|a"}},
      {"data:  a \n\n", {"| a "}},
      {"data: a\n\ndata: b\n\n", {"|a", "|b"}},
      {"data: a\n\n\n\ndata: b\n\n", {"|a", "|b"}},
      {"data: a\ndata: b\n\n", {"|a\nb"}},
      {"data: a\ndata\ndata: c\n\n", {"|a\n\nc"}},
      {"data\n\n", {"|"}},
      {"data: {\"a\": \"b: c\"}\n\n", {"|{\"a\": \"b: c\"}"}},
      {"event: ping\ndata: a\n\n", {"ping|a"}},
      {"data: a\nevent: ping\n\n", {"ping|a"}},
      {"event: ping\n\ndata: a\n\n", {"|a"}},
      {": OPENROUTER PROCESSING\n\ndata: a\n\n", {"|a"}},
      {"data: a\n: keep-alive\ndata: b\n\n", {"|a\nb"}},
      {":\n:\n", {}},
      {"retry: 10\ndata: a\n\n", {"|a"}},
      {"\xef\xbb\xbf"
       "data: a\n\n",
       {"|a"}},
      {"\n\xef\xbb\xbf"
       "data: a\n\n",
       {"|a"}},
      {"data: a\n", {"|a"}},
      {"data: a", {"|a"}},
      {"data: a\n\ndata: [DONE]", {"|a", "|[DONE]"}},
      {"data: \xef\xbb\xbf\n\n", {"|\xef\xbb\xbf"}},
  };
  for (const auto& [stream, events] : table) {
    CAPTURE(stream);
    CHECK(events_of(stream) == events);
    CHECK(events_of(with_endings(stream, "\r\n")) == events);
    CHECK(events_of(with_endings(stream, "\r")) == events);
  }
}

TEST_CASE("events are the same however the bytes are split") {
  const std::string plain =
      "\xef\xbb\xbf: hello\nevent: message_start\ndata: {\"a\":1}\n\ndata: b\ndata: c\nid: 7\n\n"
      ": ping\n\nevent: x\ndata: d\n\ndata: [DONE]\n";
  const texts expected = {"message_start|{\"a\":1}", "|b\nc", "x|d", "|[DONE]"};
  for (const char* ending : {"\n", "\r\n", "\r"}) {
    const std::string stream = with_endings(plain, ending);
    for (std::size_t first = 0; first <= stream.size(); ++first) {
      for (std::size_t second : {std::size_t{0}, std::size_t{1}, stream.size() / 3}) {
        const std::string_view rest = std::string_view(stream).substr(first);
        collector all;
        // Copies that are gone at once: no view into them may be left.
        all.feed(std::string(stream.substr(0, first)));
        all.feed(std::string(rest.substr(0, second)));
        all.feed(std::string(rest.substr(std::min(second, rest.size())))).finish();
        CHECK(all.events == expected);
        CHECK(all.parser.last_id() == "7");
        CHECK(all.parser.stray().empty());
      }
    }
    collector single;
    for (const char c : stream) single.feed(std::string(1, c));
    CHECK(single.finish().events == expected);
  }
}

TEST_CASE("an event is given as soon as its blank line is there") {
  collector all;
  CHECK(all.feed("data: a\n").events.empty());
  CHECK(all.feed("\n").events == texts{"|a"});
  CHECK(all.feed("data: b\r\n\r").events == texts{"|a", "|b"});
  CHECK(all.feed("\ndata: c\r\r").events == texts{"|a", "|b", "|c"});
  CHECK(all.finish().events == texts{"|a", "|b", "|c"});
}

TEST_CASE("lines that are no fields are kept aside") {
  collector all;
  all.feed("data: a\n\n{\"error\": {\n  \"code\": 503}}\n").finish();
  CHECK(all.events == texts{"|a"});
  CHECK(all.parser.stray() == "{\"error\": {\n  \"code\": 503}}\n");
}

TEST_CASE("a long event in small pieces comes out whole") {
  const std::string data(100'000, 'x');
  const std::string stream = "data: " + data + "\n\n";
  collector all;
  for (std::size_t at = 0; at < stream.size(); at += 777) all.feed(stream.substr(at, 777));
  CHECK(all.finish().events == texts{"|" + data});
}

// The first may have a byte order mark before it.
TEST_CASE("the whole of an event is given where it lies there and says nothing else") {
  sse_parser parser;
  std::vector<std::string> raw;
  const auto note = [&raw](const sse_event& event) { raw.emplace_back(event.raw); };
  parser.feed("data: 1\n\n", note);
  parser.feed(": hello\n\nevent: a\ndata: 2\n\ndata: 3\nstray\n\nda", note);
  parser.feed("ta: 4\n\ndata: 5\n\n", note);
  CHECK(raw == std::vector<std::string>{"", "event: a\ndata: 2\n\n", "", "", "data: 5\n\n"});
  CHECK(parser.stray() == "stray\n");
}
