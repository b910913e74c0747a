// Every dialect against transcripts composed from the fields that its documents state, byte for
// byte, one file per fact (tests/providers/golden; its README tells their form).
#include "providers/stream/dialect.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "engine/config/config.hpp"
#include "io/base/json_writer.hpp"
#include "providers/body/finish.hpp"
#include "providers/dialects/registry.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::providers;

namespace {

const auto now = std::chrono::system_clock::from_time_t(784111777);

struct transcript {
  std::string name;
  std::map<std::string, std::string> parts;  // "config", "request", "response", "stream", ...
  int status = 200;

  const std::string* part(const std::string& which) const {
    const auto found = parts.find(which);
    return found == parts.end() ? nullptr : &found->second;
  }
};

transcript read_transcript(const std::filesystem::path& path) {
  transcript out{path.filename(), {}, 200};
  std::ifstream file(path, std::ios::binary);
  std::string part = "about";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("--- ")) {
      out.parts[part] += line + "\n";
      continue;
    }
    std::istringstream words(line.substr(4));
    words >> part >> out.status;
    out.parts[part];
  }
  return out;
}

std::vector<transcript> all_transcripts() {
  std::vector<transcript> all;
  for (const auto& each :
       std::filesystem::directory_iterator(test::in_source("tests/providers/golden"))) {
    if (each.path().extension() == ".txt") all.push_back(read_transcript(each.path()));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

std::string json_of(std::string_view text) {
  std::string out;
  io::append_json_string(out, text);
  return out;
}

std::string shown_usage(const usage& tokens) {
  std::string out;
  const auto add = [&](std::string_view name, std::int64_t count) {
    if (count >= 0) out += fmt::format(" {}={}", name, count);
  };
  add("input", tokens.input);
  add("cached", tokens.cached);
  add("cache_written", tokens.cache_written);
  add("output", tokens.output);
  add("reasoning", tokens.reasoning);
  return out.empty() ? "" : "usage:" + out + "\n";
}

std::string shown(const completion& answer) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view text) {
    if (!text.empty()) out += fmt::format("{}: {}\n", name, json_of(text));
  };
  add("text", answer.text);
  add("reasoning", answer.reasoning);
  add("refusal", answer.refusal);
  for (const auto& call : answer.tool_calls) {
    out += fmt::format("tool: {} {} {}\n", call.id, call.name, call.arguments);
  }
  for (const auto& each : answer.logprobs) {
    out += fmt::format("logprob: {} {} {}\n", each.rank, json_of(each.text), each.logprob);
  }
  out += fmt::format("finish: {} ({})\n", name(answer.finish), answer.finish_reason);
  out += shown_usage(answer.usage);
  add("model", answer.model);
  add("request_id", answer.request_id);
  return out;
}

std::string shown(const outcome& result) {
  if (result) return shown(*result);
  const failure& why = result.error();
  std::string out = fmt::format("failure: {} {} {}\n", name(why.kind), why.status, why.message);
  if (why.retry_after) out += fmt::format("retry_after: {}\n", why.retry_after->count());
  return out;
}

// Headers, a blank line, and what is behind it.
io::http_response response_of(const transcript& from, const std::string& text) {
  const std::size_t blank = text.starts_with('\n') ? 0 : text.find("\n\n") + 1;
  io::http_response response;
  response.status = from.status;
  response.headers = text.substr(0, blank);
  response.body = text.substr(blank + 1);
  return response;
}

engine::config config_of(const transcript& from) {
  const auto read =
      engine::parse_config("run: t\ndataset: {path: a}\n" + *from.part("config"), from.name, {});
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return *read;
}

std::vector<message> messages_of(const engine::config& from) {
  std::vector<message> all;
  if (from.prompt.system) all.push_back({"system", *from.prompt.system});
  if (from.prompt.user) all.push_back({"user", *from.prompt.user});
  all.insert(all.end(), from.prompt.messages.begin(), from.prompt.messages.end());
  return all;
}

std::string checked(const dialect& speaker, const engine::config& settings) {
  const auto result = speaker.check(settings.models[0].model, settings.sampling);
  return result ? "" : result.error().message + "\n";
}

void check_request(const transcript& golden, const dialect& speaker,
                   const engine::config& settings) {
  const std::string* refused = golden.part("refused");
  if (!refused && !golden.part("request")) return;
  CHECK(checked(speaker, settings) == (refused ? *refused : ""));
  const std::string* expected = golden.part("request");
  if (!expected) return;
  const std::string& model = settings.models[0].model;
  const delivery how = golden.part("stream") ? delivery::stream : delivery::whole;
  std::string request = speaker.target(model, how) + "\nContent-Type: application/json\r\n" +
                        speaker.headers("KEY") + "\n";
  const auto messages = messages_of(settings);
  speaker.append_body({model, messages, settings.sampling, how}, request);
  std::erase(request, '\r');
  CHECK(request + "\n" == *expected);
}

std::string streamed(const dialect& speaker, const io::http_response& response, std::size_t step) {
  const auto reader = speaker.read_stream();
  const std::string_view body = response.body;
  for (std::size_t at = 0; at < body.size(); at += step) {
    reader->feed(std::string(body.substr(at, step)));
  }
  const std::uint64_t pieces = reader->pieces();
  const std::string out = shown(reader->finish(response, now));
  return out.starts_with("failure") ? out : fmt::format("{}pieces: {}\n", out, pieces);
}

io::http_response with_ending(io::http_response response, std::string_view ending) {
  std::string body;
  for (const char c : response.body) c == '\n' ? body.append(ending) : body.append(1, c);
  response.body = body;
  return response;
}

void check_answers(const transcript& golden, const dialect& speaker) {
  const std::string* expected = golden.part("outcome");
  const std::string* whole = golden.part("response");
  const std::string* stream = golden.part("stream");
  if (whole) CHECK(shown(speaker.parse(response_of(golden, *whole), now)) == *expected);
  if (!stream) return;
  const auto response = response_of(golden, *stream);
  for (const char* ending : {"\n", "\r\n", "\r"}) {
    const auto same = with_ending(response, ending);
    for (const std::size_t step : {same.body.size(), std::size_t{1}, std::size_t{7}}) {
      CHECK(streamed(speaker, same, step) == *expected);
    }
  }
}

}  // namespace

TEST_CASE("each golden transcript is what its dialect says and understands") {
  const auto all = all_transcripts();
  CHECK(all.size() >= 40);
  for (const transcript& golden : all) {
    CAPTURE(golden.name);
    const auto settings = config_of(golden);
    const dialect* const speaker = find_dialect(settings.models[0].provider);
    REQUIRE(speaker != nullptr);
    check_request(golden, *speaker, settings);
    if (golden.part("outcome")) check_answers(golden, *speaker);
  }
}

// A user, a call, its answer and another's.
TEST_CASE("a conversation with tools goes out in each API's own form") {
  const std::vector<message> talk = {
      {"system", "s"},
      {"user", "q", "ann"},
      {"assistant", "", "", "", {{"c1", "f", R"({"a":1})"}, {"c2", "g", ""}}},
      {"tool", "8", "", "c1"},
      {"tool", R"({"b": 2})", "", "c2"},
      {"assistant", "It is 8.", "", "", {}}};
  struct {
    std::string_view provider, body;
  } const table[] = {
      {"openai",
       R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"q","name":"ann"},)"
       R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},)"
       R"({"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},)"
       R"({"role":"tool","content":"8","tool_call_id":"c1"},{"role":"tool","content":"{\"b\": 2}","tool_call_id":"c2"},)"
       R"({"role":"assistant","content":"It is 8."}]})"},
      {"anthropic",
       R"({"model":"m","system":"s","messages":[{"role":"user","content":"q"},)"
       R"({"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{"a":1}},{"type":"tool_use","id":"c2","name":"g","input":{}}]},)"
       R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"8"},{"type":"tool_result","tool_use_id":"c2","content":"{\"b\": 2}"}]},)"
       R"({"role":"assistant","content":"It is 8."}]})"},
      {"gemini",
       R"({"contents":[{"role":"user","parts":[{"text":"q"}]},)"
       R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"g","args":{}}}]},)"
       R"({"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"8"}}},{"functionResponse":{"name":"g","response":{"b":2}}}]},)"
       R"({"role":"model","parts":[{"text":"It is 8."}]}],"systemInstruction":{"parts":[{"text":"s"}]},"generationConfig":{}})"},
      {"openai-responses",
       R"({"model":"m","instructions":"s","input":[{"role":"user","content":[{"type":"input_text","text":"q"}]},)"
       R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},{"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},)"
       R"({"type":"function_call_output","call_id":"c1","output":"8"},{"type":"function_call_output","call_id":"c2","output":"{\"b\": 2}"},)"
       R"({"role":"assistant","content":[{"type":"output_text","text":"It is 8."}]}]})"},
  };
  for (const auto& [provider, body] : table) {
    CAPTURE(provider);
    std::string out;
    find_dialect(provider)->append_body({"m", talk, {}, delivery::whole}, out);
    CHECK(out == body);
  }
}

// Where the record has it; nobody else is sent it.
TEST_CASE("what was thought before a call goes back to DeepSeek") {
  const std::vector<message> talk = {{"user", "q"},
                                     {"assistant", "", "", "", {{"c", "f", "{}"}}, "I see."},
                                     {"tool", "8", "", "c"},
                                     {"assistant", "It is 8.", "", "", {}, "So it is."}};
  const auto body = [&](std::string_view provider) {
    std::string out;
    find_dialect(provider)->append_body({"m", talk, {}, delivery::whole}, out);
    return out;
  };
  const std::string sent = body("deepseek");
  CHECK(sent.find(R"("content":null,"reasoning_content":"I see.","tool_calls":)") != sent.npos);
  CHECK(sent.find("So it is.") == sent.npos);
  for (const std::string_view other : {"openai", "anthropic", "gemini", "openai-responses"}) {
    CHECK(body(other).find("I see.") == std::string::npos);
  }
}

TEST_CASE("no prefix of a transcript crashes its dialect") {
  for (const transcript& golden : all_transcripts()) {
    CAPTURE(golden.name);
    const dialect* const speaker = find_dialect(config_of(golden).models[0].provider);
    const std::string* stream = golden.part("stream");
    const std::string* whole = golden.part("response");
    if (!stream && !whole) continue;
    const auto response = response_of(golden, stream ? *stream : *whole);
    for (std::size_t size = 0; size < response.body.size(); ++size) {
      io::http_response cut = response;
      cut.body.resize(size);
      const auto read = speaker->parse(cut, now);
      if (whole && !read) CHECK_FALSE(read.error().message.empty());
      if (stream) CHECK_FALSE(streamed(*speaker, cut, 64).empty());
    }
  }
}

TEST_CASE("a stream that is cut off before its answer is a failure worth another try") {
  for (const std::string_view name : known_dialects()) {
    CAPTURE(name);
    io::http_response head;
    head.status = 200;
    const auto read = find_dialect(name)->read_stream()->finish(head, now);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == failure_kind::network);
    CHECK(read.error().message == "the stream ended before its answer");
  }
}
