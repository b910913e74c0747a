#include "engine/prompt/record_messages.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"
#include "providers/body/message_json.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct reading {
  std::vector<providers::message> messages;
  std::string problem;
};

reading read(const std::string& json) {
  retort::providers::json_parser parser;
  simdjson::dom::element list;
  REQUIRE_FALSE(parser.parse(json).get(list));
  reading out;
  const auto done = read_messages(list, out.messages);
  if (!done) out.problem = done.error().message;
  return out;
}

// The list as a row brings it.
reading read_in_record(const std::string& list) {
  retort::providers::json_parser parser;
  const auto record = parse_record(parser, R"({"chat":)" + list + "}");
  REQUIRE_MESSAGE(record.has_value(), record.error().message);
  reading out;
  const auto done = read_messages((*record)["chat"].value_unsafe(), out.messages);
  if (!done) out.problem = done.error().message;
  return out;
}

// The messages as chat completions write them.
std::string taken(const std::string& json) {
  const reading what = read(json);
  CHECK(what.problem == "");
  std::string out;
  io::json_writer writer(out);
  writer.open_array();
  for (const auto& each : what.messages) providers::write_message(writer, each);
  writer.close_array();
  return out;
}

}  // namespace

TEST_CASE("messages of chat completions are taken with all that they say") {
  for (
      const std::string same :
      {R"([{"role":"user","content":"weather?","name":"ann"},{"role":"tool","content":"sunny","tool_call_id":"c1"}])",
       R"([{"role":"developer","content":"be brief"},{"role":"system","content":""}])",
       R"([{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]}])",
       R"([{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}])"}) {
    CHECK(taken(same) == same);
  }
}

TEST_CASE("text parts, null and arguments as objects read as what they mean") {
  CHECK(taken(R"([{"role":"user","content":[{"type":"text","text":"only text"}]}])") ==
        R"([{"role":"user","content":"only text"}])");
  CHECK(
      taken(
          R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])") ==
      R"([{"role":"user","content":"a\nb"}])");
  CHECK(taken(R"([{"role":"assistant","content":null,"tool_calls":null,"name":null}])") ==
        R"([{"role":"assistant","content":""}])");
  const std::string call =
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}])";
  CHECK(
      taken(
          R"([{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}}]}])") ==
      call);
  CHECK(
      taken(
          R"([{"role":"assistant","tool_calls":[{"id":"c1","name":"f","arguments":"{\n\"a\": 1}"}]}])") ==
      call);
}

TEST_CASE("calls and answers without an id find each other") {
  CHECK(
      taken(
          R"([{"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"8"}])") ==
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
      R"({"role":"tool","content":"8","name":"f","tool_call_id":"call_1"}])");
}

TEST_CASE("an answer without an id is that of the call of its name") {
  CHECK(
      taken(
          R"([{"role":"assistant","tool_calls":[{"name":"f","arguments":"{}"},{"name":"g","arguments":"{}"}]},)"
          R"({"role":"tool","name":"g","content":"2"},{"role":"tool","name":"f","content":"1"}])") ==
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
      R"({"role":"tool","content":"2","name":"g","tool_call_id":"call_2"},{"role":"tool","content":"1","name":"f","tool_call_id":"call_1"}])");
}

TEST_CASE("ShareGPT's conversations are taken under their roles' names") {
  CHECK(
      taken(
          R"([{"from":"system","value":"s"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}])") ==
      R"([{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}])");
  CHECK(
      taken(
          R"([{"from":"human","value":"q"},{"from":"function_call","value":"[{\"name\":\"f\",\"arguments\":{\"a\":1}},{\"name\":\"g\",\"arguments\":{}}]"},{"from":"observation","value":"8"},{"from":"observation","value":"9"}])") ==
      R"([{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
      R"({"role":"tool","content":"8","tool_call_id":"call_1"},{"role":"tool","content":"9","tool_call_id":"call_2"}])");
}

TEST_CASE("what a message says to who trains with it is taken, and not sent") {
  struct {
    const char* members;
    std::optional<int> weight;
    const char* reasoning;
  } const table[] = {
      {R"("weight":0)", 0, ""},
      {R"("weight":1)", 1, ""},
      {R"("weight":false)", 0, ""},
      {R"("weight":true)", 1, ""},
      {R"("reasoning":{"effort":"low"},"thinking":true)", {}, ""},  // settings
      {R"("reasoning":["t"],"thinking":"t")", {}, "t"},
      {R"("weight":0.0)", 0, ""},  // as a table of numbers with gaps has it
      {R"("weight":null)", {}, ""},
      {R"("train":false)", 0, ""},
      {R"("loss":true)", 1, ""},
      {R"("loss":0.25,"train":"no")", {}, ""},
      {R"("weight":0,"train":true)", 0, ""},
      {R"("weight":1,"loss":false)", 0, ""},
      {R"("reasoning_content":"t")", {}, "t"},
      {R"("reasoning":"t","weight":1)", 1, "t"},
      {R"("thinking":"t","reasoning":null)", {}, "t"},
      {R"("reasoning":"t","reasoning_content":"t")", {}, "t"},
  };
  for (const auto& [members, weight, reasoning] : table) {
    CAPTURE(members);
    for (const std::string begin :
         {R"({"role":"assistant","content":"a",)", R"({"from":"gpt","value":"a",)"}) {
      const reading what = read("[" + begin + members + "}]");
      CHECK(what.problem == "");
      REQUIRE(what.messages.size() == 1);
      CHECK(what.messages[0].weight == weight);
      CHECK(what.messages[0].reasoning == reasoning);
      CHECK(taken("[" + begin + members + "}]") == R"([{"role":"assistant","content":"a"}])");
    }
  }
  const reading user = read(R"([{"role":"user","content":"q","weight":0,"reasoning":"of yours"}])");
  CHECK(user.messages[0].weight == 0);
  CHECK(user.messages[0].reasoning == "");
}

TEST_CASE("what a model declined with is what it said") {
  const std::string said = R"([{"role":"assistant","content":"I will not."}])";
  CHECK(taken(R"([{"role":"assistant","content":null,"refusal":"I will not."}])") == said);
  CHECK(taken(R"([{"role":"assistant","content":[{"type":"refusal","refusal":"I will not."}]}])") ==
        said);
  CHECK(taken(R"([{"role":"assistant","content":"I will not.","refusal":"No.","audio":null}])") ==
        said);
}

TEST_CASE("what is no conversation is said with its place") {
  struct {
    const char *list, *problem;
  } const table[] = {
      {R"("hello")", "is not a list of messages in this record"},
      {R"({"role":"user","content":"x"})", "is not a list of messages in this record"},
      {"[]", "is empty in this record"},
      {R"(["hello"])", "has, as message 1, one that is no object"},
      {R"([{"role":"user"}])", "has, as message 1, one without content; expected a text"},
      {R"([{"content":"x"}])", "has, as message 1, one without a role"},
      {R"([{"role":"user","content":null}])",
       "has, as message 1, one without content; expected a text"},
      {R"([{"role":"user","content":"x"},{"role":"human","content":"x"}])",
       "has, as message 2, one of the unknown role \"human\"; expected system, developer, user, "
       "assistant or tool"},
      {R"([{"role":1,"content":"x"}])",
       "has, as message 1, one of the unknown role (no text); expected system, developer, user, "
       "assistant or tool"},
      {R"([{"from":"narrator","value":"x"}])",
       "has, as message 1, one from the unknown \"narrator\"; expected human, gpt, system, "
       "function_call or observation"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":{}}]}])",
       "has, as message 1, one with a part that is no text but image_url; expected {\"type\": "
       "\"text\", \"text\": ...}"},
      {R"([{"role":"user","content":7}])",
       "has, as message 1, one whose content is no text; expected a text or a list of parts"},
      {R"([{"role":"user","content":"x","name":7}])",
       "has, as message 1, one whose name is no text"},
      {R"([{"role":"user","content":"x"},{"role":"assistant","content":"x","weight":0.5}])",
       "has, as message 2, one whose weight is 0.5; expected 0 or 1"},
      {R"([{"role":"user","content":"x","weight":2}])",
       "has, as message 1, one whose weight is 2; expected 0 or 1"},
      {R"([{"from":"gpt","value":"x","weight":"0"}])",
       "has, as message 1, one whose weight is \"0\"; expected 0 or 1"},
      {R"([{"role":"assistant","content":null,"audio":{"id":"a1"}}])",
       "has, as message 1, one whose audio stands for its content; expected a text"},
      {R"([{"role":"assistant","tool_calls":{}}])",
       "has, as message 1, one whose tool_calls are no list"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c"}]}])",
       "has, as message 1, one with a tool call without a name"},
      {R"([{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{"}}]}])",
       "has, as message 1, one with a call of f whose arguments are no JSON object: {"},
      {R"([{"from":"function_call","value":"f of x"}])",
       "has, as message 1, one from function_call that is not JSON"},
  };
  for (const auto& [list, problem] : table) {
    CAPTURE(list);
    CHECK(read(list).problem == problem);
  }
}

TEST_CASE("a value that no record can hold is said with the message and the member it stands in") {
  struct {
    std::string list, problem;
  } const table[] = {
      {"NaN", "is NaN, which is no JSON value in this record"},
      {"[1e400]",
       "has, as message 1, one that is 1e400, beyond the numbers of 64 bits (as a text it could "
       "be used)"},
      {R"([{"role":"user","content":"x"},{"role":"user","content":"cut \ud83d"}])",
       "has, as message 2, one whose content is a text with half a surrogate pair (\\ud83d)"},
      {"[{\"role\":\"user\",\"content\":\"caf\xe9\"}]",
       "has, as message 1, one whose content is a text that is not UTF-8"},
      {R"([{"role":NaN,"content":"x"}])",
       "has, as message 1, one whose role is NaN, which is no JSON value"},
      {R"([{"role":"user","content":[{"type":"text","text":NaN}]}])",
       "has, as message 1, one with a part whose text is NaN, which is no JSON value"},
      {R"([{"role":"user","content":["a",NaN]}])",
       "has, as message 1, one with a part that is NaN, which is no JSON value"},
      {R"([{"role":"user","content":"x","name":NaN}])",
       "has, as message 1, one whose name is NaN, which is no JSON value"},
      {R"([{"role":"tool","content":"x","tool_call_id":NaN}])",
       "has, as message 1, one whose tool_call_id is NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":NaN}])",
       "has, as message 1, one whose tool_calls is NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[NaN]}])",
       "has, as message 1, one with a tool call that is NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c","function":NaN}]}])",
       "has, as message 1, one with a tool call whose function is NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[{"id":NaN,"name":"f"}]}])",
       "has, as message 1, one with a tool call whose id is NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[{"name":NaN}]}])",
       "has, as message 1, one with a tool call whose name is NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[{"name":"f","arguments":NaN}]}])",
       "has, as message 1, one with a tool call whose arguments are NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[{"name":"f","arguments":{"a":[NaN]}}]}])",
       "has, as message 1, one with a tool call whose arguments hold NaN, which is no JSON value"},
      {R"([{"role":"assistant","tool_calls":[{"name":"f","arguments":{"\udc00":1}}]}])",
       "has, as message 1, one with a tool call whose arguments hold a text with half a surrogate "
       "pair (\\udc00)"},
      {R"([{"role":"assistant","tool_calls":[{"name":"f","arguments":"{\"a\": NaN}"}]}])",
       "has, as message 1, one with a call of f whose arguments hold NaN, which is no JSON value"},
      {R"([{"role":"assistant","content":"x","weight":NaN}])",
       "has, as message 1, one whose weight is NaN, which is no JSON value"},
      {R"([{"from":NaN,"value":"x"}])",
       "has, as message 1, one whose from is NaN, which is no JSON value"},
      {R"([{"from":"human","value":NaN}])",
       "has, as message 1, one whose value is NaN, which is no JSON value"},
  };
  for (const auto& [list, problem] : table) {
    CAPTURE(list);
    CHECK(read_in_record(list).problem == problem);
  }
  std::string deep(2000, '[');
  deep += std::string(2000, ']');
  const auto nested = read_in_record(R"([{"role":"user","content":)" + deep + "}]");
  CHECK(nested.problem ==
        "has, as message 1, one with a part that is no text; expected {\"type\": "
        "\"text\", \"text\": ...}");
}

TEST_CASE("odd values in members that nobody looks at stop no conversation") {
  const auto what = read_in_record(
      R"([{"role":"user","content":[{"type":"text","text":"x","n":NaN}],"at":1e400,"\ud800":1}])");
  CHECK(what.problem == "");
  REQUIRE(what.messages.size() == 1);
  CHECK(what.messages[0].content == "x");
}
