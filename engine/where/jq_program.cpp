#include "engine/where/jq_program.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>
#include <vector>

#include "engine/text/text.hpp"
#include "engine/where/jq_watch.hpp"
#include "engine/where/libjq.hpp"
#include "io/base/one_line.hpp"
#include "io/process/hidden_variable.hpp"

namespace retort::engine {
namespace {

// The first message is the cause; "jq: 1 compile error" follows it.
void keep_first(void* into, jv message) {
  std::string& first = *static_cast<std::string*>(into);
  const std::string text = jq_text(jq_format_error(message));
  if (first.empty()) first = text;
}

jv no_input(jq_state*, void*) { return jv_invalid_with_msg(jv_string("there is no other input")); }
void forget(void*, jv said) { jv_free(said); }

// What jq_init() leaves open: without directories for modules libjq aborts at an import, and what
// `input` and `debug` call is whatever was in that memory.
void furnish(jq_state* of) {
  jq_set_attr(of, jv_string("JQ_LIBRARY_PATH"), jv_array());
  jq_set_input_cb(of, no_input, nullptr);
  jq_set_debug_cb(of, forget, nullptr);
}

// What is no function of the record, and so might be otherwise the next time, or tell what is
// nobody's business: the environment (it holds keys) is empty, all else is not defined. jq passes
// over a definition that nothing refers to, so that this refuses those programs alone that use it.
// Modules can be named at a program's very beginning only, and so at no place behind this.
constexpr std::string_view before_program =
    "{} as $ENV | def env: {}; def now: __now; def localtime: __localtime; "
    "def strflocaltime(f): __strflocaltime; def input_filename: __input_filename; "
    "def input_line_number: __input_line_number; def stderr: __stderr; "
    "def modulemeta: __modulemeta; def get_search_list: __get_search_list; "
    "def get_jq_origin: __get_jq_origin; def get_prog_origin: __get_prog_origin; "
    // %s and %Z go by the machine's zone.
    "def __strftime($f): strftime($f); def strftime(f): f as $f | "
    "if ($f | type == \"string\" and test(\"%[-_0^#EO]*[0-9]*[sZ]\")) "
    "then error(\"%s and %Z go by the machine's time zone\") "
    // Of a number without a date libjq 1.6 ends the process.
    "else (if type == \"number\" then gmtime else . end) | __strftime($f) end; "
    "def todateiso8601: strftime(\"%Y-%m-%dT%H:%M:%SZ\"); def todate: todateiso8601; "
    "def __strptime($f): strptime($f); def strptime(f): f as $f | "
    "if ($f | type == \"string\" and test(\"%[-_0^#EO]*[0-9]*s\")) "
    "then error(\"%s goes by the machine's time zone\") else __strptime($f) end; "
    // What would not end, or take all memory, within one step, where nothing stops a program.
    "def __indices($i): if $i == \"\" then null else indices($i) end; "
    "def indices($i): __indices($i); def index($i): __indices($i) | .[0]; "
    "def rindex($i): __indices($i) | .[-1:][0]; "
    "def __times($a; $b): $a * $b; def _multiply(a; b): b as $b | a as $a | "
    "if ($a | type) == \"string\" and ($b | type) == \"number\" and "
    "__times($a | utf8bytelength; $b) > 1e8 "
    "then error(\"a text of more than 100 MB\") else __times($a; $b) end; ";

// Without what stands before the program, which jq shows too.
std::string first_of(std::string message) {
  if (const auto at = message.find(before_program); at != std::string::npos) {
    message.erase(at, before_program.size());
  }
  std::string_view text = trim(message);
  constexpr std::string_view begin = "jq: error: ";
  if (text.starts_with(begin)) text.remove_prefix(begin.size());
  if (text.starts_with("__")) {
    return fmt::format("{} is not to be had: a program goes by its record alone",
                       text.substr(2, text.find('/') - 2));
  }
  if (text.starts_with("syntax error, unexpected import") ||
      text.starts_with("syntax error, unexpected include")) {
    return "a program goes by its record alone: modules cannot be imported";
  }
  return io::one_line(std::string(text), 200);
}

result<jq_owner> compiled(const std::string& text) {
  jq_owner made(jq_init());
  if (!made) return error{errc::disk, "jq: not enough memory"};
  std::string message;
  jq_set_error_cb(made.get(), keep_first, &message);
  furnish(made.get());
  const std::string whole = std::string(before_program) + text;
  bool is_good = false;
  {
    const io::hidden_variable nobodys("HOME");  // where it would find definitions in .jq
    is_good = jq_compile(made.get(), whole.c_str()) != 0;
  }
  if (!is_good) return error{errc::usage, first_of(std::move(message))};
  jq_set_error_cb(made.get(), forget, nullptr);
  return made;
}

bool is_true(jv output) {
  const jv_kind kind = jv_get_kind(output);
  return kind != JV_KIND_NULL && kind != JV_KIND_FALSE;
}

// What the last, invalid output says.
std::string problem_of(jq_state* program, jv last) {
  if (jq_halted(program)) {
    jv_free(last);
    const bool is_late = jq_watch::has_halted(program);
    return is_late ? "the program takes more than 0.5 s of CPU time" : "the program halted";
  }
  const bool is_error = jv_invalid_has_msg(jv_copy(last)) != 0;
  if (is_error) return excerpt(jq_text(jv_invalid_get_msg(last)));
  jv_free(last);
  return "";
}

struct outputs {
  bool any = false, all = true;  // there were some; they were true
  jv last = jv_invalid();        // what came in place of a further one; owned
};

outputs run(jq_state* program, jv input) {
  jq_start(program, input, 0);
  outputs found;
  while (found.all) {
    found.last = jq_next(program);
    if (!jv_is_valid(found.last)) break;
    found.any = true;
    found.all = is_true(found.last);
    jv_free(std::exchange(found.last, jv_invalid()));
  }
  return found;
}

// The watch looks at the program no more.
jq_program::answer answer_of(jq_state* program, const outputs& found) {
  std::string problem = problem_of(program, found.last);
  if (!found.all) return {};
  const bool holds = found.any && problem.empty();
  return {holds, std::move(problem)};
}

}  // namespace

// A program at work belongs to one thread: as many are compiled as ask at once.
struct jq_program::shared {
  std::string text;
  jq_watch watch;
  io::mutex mutex;
  std::vector<jq_owner> idle RETORT_GUARDED_BY(mutex);

  result<jq_owner> take() {
    {
      const io::lock held(mutex);
      if (!idle.empty()) {
        jq_owner one = std::move(idle.back());
        idle.pop_back();
        return one;
      }
    }
    return compiled(text);
  }
  void give_back(jq_owner one) {
    const io::lock held(mutex);
    idle.push_back(std::move(one));
  }
};

result<jq_program> jq_program::compile(const std::string& text) {
  auto first = compiled(text);
  if (!first) return first.error();
  auto made = std::make_shared<shared>();
  made->text = text;
  made->give_back(std::move(*first));
  return jq_program(std::move(made));
}

// Both a problem, and what `run` makes of what the program puts out.
template <class Outcome, class Run>
Outcome jq_program::with_program(const std::string& json, const Run& run) const {
  Outcome found;
  if (json.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    found.problem = "the record is too long for jq";
    return found;
  }
  jv input = jv_parse_sized(json.data(), static_cast<int>(json.size()));
  if (!jv_is_valid(input)) {
    found.problem = excerpt(jq_text(jv_invalid_get_msg(input)));
    return found;
  }
  auto program = shared_->take();
  if (!program) {
    jv_free(input);
    found.problem = program.error().message;
    return found;
  }
  run(program->get(), input, found);
  // What ran away may hold memory without end.
  if (!jq_halted(program->get())) shared_->give_back(std::move(*program));
  return found;
}

jq_program::answer jq_program::ask(const std::string& json) const {
  return with_program<answer>(json, [this](jq_state* program, jv input, answer& into) {
    outputs given;
    {
      const jq_watch::scope watched(shared_->watch, program);
      given = run(program, input);
    }
    into = answer_of(program, given);
  });
}

jq_program::products jq_program::transform(const std::string& json) const {
  return with_program<products>(json, [this](jq_state* program, jv input, products& into) {
    jv next = jv_invalid();
    {
      const jq_watch::scope watched(shared_->watch, program);
      jq_start(program, input, 0);
      for (next = jq_next(program); jv_is_valid(next); next = jq_next(program)) {
        const jv text = jv_dump_string(next, 0);
        into.values.emplace_back(jv_string_value(text));
        jv_free(text);
      }
    }
    into.problem = problem_of(program, next);
    if (!into.problem.empty()) into.values.clear();
  });
}

}  // namespace retort::engine
