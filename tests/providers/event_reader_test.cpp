#include "providers/event_reader.hpp"

#include <doctest/doctest.h>

#include "providers/registry.hpp"

using namespace retort;
using namespace retort::providers;

namespace {

// The failure of a stream of OpenAI's.
failure read(std::string_view body) {
  const auto reader = find_dialect("openai")->read_stream();
  reader->feed(body);
  io::http_response head;
  head.status = 200;
  const outcome what = reader->finish(head, {});
  REQUIRE_FALSE(what.has_value());
  return what.error();
}

constexpr std::string_view error_line = "{\"error\":{\"message\":\"Not now.\",\"code\":503}}\n";

}  // namespace

TEST_CASE("a bare error interrupts a stream") {
  CHECK(read("data: {\"choices\":[]}\n\n" + std::string(error_line)).message == "Not now.");
}

// Whoever reads the stream stops at its end, with or without what came in the same packet.
TEST_CASE("what follows a stream's end is of no interest, even when its answer is not whole") {
  const failure seen = read("data: [DONE]\n\n" + std::string(error_line));
  CHECK(seen.kind == failure_kind::network);
  CHECK(seen.message == "the stream ended before its answer");
}

// The second event is byte for byte like the first, the error in it included.
TEST_CASE("an error between the lines of an event counts each time, wherever the stream is cut") {
  const std::string begun = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n";
  const std::string stream = ": hello\n\n" + begun + "oops\n\n" + begun + "oops\n\n";
  const auto reader = find_dialect("openai")->read_stream();
  for (const char& byte : stream) reader->feed({&byte, 1});
  io::http_response head;
  head.status = 200;
  CHECK(reader->finish(head, {}).error().message == read(stream).message);
  CHECK(read(stream).message.find("oops oops") != std::string::npos);
}
