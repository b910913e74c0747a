#include "tests/fuzz/fuzz_input.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "io/base/json_writer.hpp"
#include "providers/failure/duration.hpp"

namespace retort::fuzz {
namespace {

using providers::completion;
using providers::failure;

void write_usage(io::json_writer& json, const providers::usage& tokens) {
  for (const std::int64_t count :
       {tokens.input, tokens.cached, tokens.output, tokens.reasoning, tokens.cache_written}) {
    require(count >= -1, "no token count is below -1");
    json.value(count);
  }
}

void write_lists(io::json_writer& json, const completion& what) {
  for (const providers::scored_token& each : what.logprobs) {
    json.value(each.text);
    json.value(each.logprob);
    json.value(each.rank);
  }
  for (const providers::tool_call& each : what.tool_calls) {
    json.value(each.id);
    json.value(each.name);
    json.value(each.arguments);
  }
}

void write(io::json_writer& json, const completion& what) {
  for (const std::string* text : {&what.text, &what.reasoning, &what.refusal, &what.finish_reason,
                                  &what.model, &what.request_id}) {
    json.value(*text);
  }
  json.value(static_cast<int>(what.finish));
  write_usage(json, what.usage);
  write_lists(json, what);
}

void write(io::json_writer& json, const failure& what) {
  json.value(name(what.kind));
  json.value(what.status);
  json.value(what.message);
  require(what.message.find_first_of("\r\n") == std::string::npos, "a message is one line");
  if (!what.retry_after) return;
  require(what.retry_after->count() > 0, "no wait is zero or below");
  require(*what.retry_after <= providers::longest_believable, "no wait is unbelievably long");
  json.value(what.retry_after->count());
}

}  // namespace

fuzz_input::fuzz_input(std::string_view bytes) : recipe(bytes.substr(0, bytes.find('\n'))) {
  text = bytes.substr(std::min(bytes.size(), recipe.size() + 1));
}

fuzz_input::fuzz_input(const std::uint8_t* data, std::size_t size)
    : fuzz_input(std::string_view(reinterpret_cast<const char*>(data), size)) {}

std::string_view fuzz_input::word(std::size_t n) const {
  std::string_view rest = recipe;
  for (; n > 0; --n)
    rest.remove_prefix(std::min(rest.size(), std::min(rest.size(), rest.find(' ')) + 1));
  return rest.substr(0, rest.find(' '));
}

std::vector<std::string> pieces(std::string_view text, std::string_view cuts) {
  std::vector<std::string> cut;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const auto chosen = cuts.empty() ? 1 : static_cast<unsigned char>(cuts[i % cuts.size()]);
    const std::size_t size = std::min<std::size_t>(text.size(), (chosen + 63) % 64 + 1);
    cut.emplace_back(text.substr(0, size)).shrink_to_fit();
    text.remove_prefix(size);
  }
  return cut;
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string show(const providers::outcome& what) {
  std::string line;
  io::json_writer json(line);
  json.open_array();
  what ? write(json, *what) : write(json, what.error());
  json.close_array();
  simdjson::dom::parser parser;
  simdjson::dom::element read;
  require(is_utf8(line), "an outcome is valid UTF-8");
  require(!parser.parse(line).get(read), "an outcome is valid JSON");
  return line;
}

}  // namespace retort::fuzz
