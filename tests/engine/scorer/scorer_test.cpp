// Real processes of a user's: Python, since that is what users write.
#include "engine/scorer/scorer.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/living.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using engine::score_outcome;
using engine::scored;
using namespace std::chrono_literals;

namespace {

[[maybe_unused]] const auto before = ::signal(SIGPIPE, SIG_IGN);  // as the program does

// Answers each line with what `answer(row)` says.
const std::string loop_over_lines =
    "import json, os, sys, time\n"
    "for line in sys.stdin:\n"
    "    row = json.loads(line)\n"
    "    print(json.dumps(answer(row)))\n";

struct scene {
  io::asio::io_context context{1};
  test::temporary_directory where;
  engine::scorer_config config;
  std::optional<engine::scorer> by;

  // `script` has `answer(row)`, or is all of it.
  explicit scene(const std::string& script, std::size_t places = 1) {
    const bool whole = script.find("def answer") == std::string::npos;
    config.run = {"/usr/bin/python3",
                  where.file("score.py", script + (whole ? "" : loop_over_lines))};
    config.places = places;
  }
  void make() {
    auto made = engine::scorer::make(context.get_executor(), config);
    REQUIRE(made.has_value());
    by.emplace(std::move(*made));
  }
  void begin(const std::string& id, scored* to) {
    if (!by) make();
    io::asio::co_spawn(
        context, [this, id, to] { return carry(this, id, to); }, io::asio::detached);
    ++under_way;
  }
  static io::awaitable<> carry(scene* at, std::string id, scored* to) {
    engine::scorer* const with = &*at->by;
    engine::score_request what;
    what.id = std::move(id);
    what.completion = "completion of " + what.id;
    auto found = co_await engine::score(with, std::move(what));
    *to = std::move(found);
    --at->under_way;
  }
  void drain() {
    context.restart();
    while (under_way > 0 && context.run_one() > 0) continue;
  }
  scored run(const std::string& id) {
    scored found;
    begin(id, &found);
    drain();
    return found;
  }
  // Lines of a file that the script writes.
  std::string noted() const { return test::content_of(where.path() + "/notes"); }
  std::string note(const std::string& what) const {
    return "open('" + where.path() + "/notes', 'a').write(" + what + ")\n";
  }

  int under_way = 0;
};

void check(const scored& found, score_outcome outcome, double score, const std::string& detail) {
  CHECK_MESSAGE(found.outcome == outcome, found.detail);
  CHECK(found.score == score);
  CHECK_MESSAGE(found.detail.find(detail) != std::string::npos, found.detail);
}

}  // namespace

TEST_CASE("a command scores sample after sample in one process") {
  scene at(
      "def answer(row):\n"
      "    return {'score': len(row['id']) / 10, 'detail': row['completion'] + "
      "str(os.getpid())}\n");
  const scored first = at.run("q1"), second = at.run("q22");
  check(first, score_outcome::scored, 0.2, "completion of q1");
  check(second, score_outcome::scored, 0.3, "completion of q22");
  CHECK(first.detail.substr(16) == second.detail.substr(17));  // the process
  at.by->stop();
}

TEST_CASE("as many processes as are needed, and at most so many, each sample its own answer") {
  scene at(
      "def answer(row):\n    time.sleep(0.01)\n"
      "    return {'score': int(row['id']) / 100, 'detail': str(os.getpid())}\n",
      3);
  std::vector<scored> found(60);
  for (std::size_t i = 0; i < found.size(); ++i) at.begin(std::to_string(i), &found[i]);
  at.drain();
  std::vector<std::string> processes;
  for (std::size_t i = 0; i < found.size(); ++i) {
    check(found[i], score_outcome::scored, static_cast<double>(i) / 100, "");
    processes.push_back(found[i].detail);
  }
  std::ranges::sort(processes);
  const auto same = std::ranges::unique(processes);
  processes.erase(same.begin(), same.end());
  CHECK(processes.size() == 3);
  at.by->stop();
}

TEST_CASE("a process that dies is replaced, and the sample that it died on tried once more") {
  const test::temporary_directory where;
  const std::string trace = where.path() + "/trace";
  scene at(
      "def answer(row):\n"
      "    died = os.path.exists('" +
      trace +
      "')\n"
      "    if row['id'] == 'once' and not died:\n"
      "        open('" +
      trace +
      "', 'w')\n        os._exit(3)\n"
      "    if row['id'] == 'always': raise KeyError('always')\n"
      "    return {'score': 1}\n");
  check(at.run("a"), score_outcome::scored, 1, "");
  check(at.run("once"), score_outcome::scored, 1, "");
  check(at.run("always"), score_outcome::unscored, 0,
        "the command died on it twice: exit status 1: KeyError: 'always'");
  check(at.run("b"), score_outcome::scored, 1, "");
  CHECK_FALSE(at.by->broken());
  at.by->stop();
}

TEST_CASE("a command that dies at once every time is given up, in one line") {
  scene at("import no_such_module\n", 4);
  std::vector<scored> found(40);
  for (auto& one : found) at.begin("q", &one);
  at.drain();
  REQUIRE(at.by->broken());
  CHECK(at.by->broken()->code == errc::usage);
  CHECK(at.by->broken()->message.starts_with("command: `/usr/bin/python3 "));
  CHECK(at.by->broken()->message.ends_with(
      "score.py` ended 5 times in a row without an answer; the last time: exit status 1: "
      "ModuleNotFoundError: No module named 'no_such_module'"));
  CHECK(found.back().outcome == score_outcome::broken);
  at.context.run();
  CHECK_FALSE(test::has_children());
}

TEST_CASE("one that answers once and ends serves all the same") {
  scene at(
      "import json, sys\nrow = json.loads(sys.stdin.readline())\n"
      "print(json.dumps({'score': int(row['id']) / 10}))\n");
  for (int i = 0; i < 10; ++i) {
    check(at.run(std::to_string(i)), score_outcome::scored, i / 10.0, "");
  }
  CHECK_FALSE(at.by->broken());
  at.by->stop();
}

TEST_CASE("what is no answer leaves the sample unscored, and the next one to a fresh process") {
  scene at(
      "def answer(row):\n"
      "    if row['id'] == 'chatty': print('scoring...')\n"
      "    if row['id'] == 'long': print('x' * 3000000)\n"
      "    if row['id'] == 'null': return {'score': None, 'detail': 'no idea'}\n"
      "    return {'score': 2 if row['id'] == 'large' else 1}\n");
  check(at.run("chatty"), score_outcome::unscored, 0, "\"scoring...\" is no JSON object");
  check(at.run("a"), score_outcome::scored, 1, "");
  check(at.run("large"), score_outcome::unscored, 0, "is not in [0,1]");
  check(at.run("long"), score_outcome::unscored, 0, "longer than 1 MiB");
  check(at.run("null"), score_outcome::unscored, 0, "no idea");
  check(at.run("b"), score_outcome::scored, 1, "");
  at.by->stop();
}

TEST_CASE("a command that writes a line too many, and not whose it is, scores nothing more") {
  scene at(
      "def answer(row):\n"
      "    if row['id'] == 'two': os.write(1, b'{\"score\": 0}\\n{\"score\": 0}\\n')\n"
      "    return {'score': 1}\n");
  check(at.run("a"), score_outcome::scored, 1, "");
  check(at.run("two"), score_outcome::broken, 0, "wrote more lines than it was asked for");
  check(at.run("b"), score_outcome::broken, 0, "wrote more lines than it was asked for");
  REQUIRE(at.by->broken());
  CHECK(at.by->broken()->code == errc::usage);
  at.by->stop();
}

TEST_CASE(
    "a line too many is found in the pipe before the next sample is asked about, or at the end") {
  for (const bool at_the_end : {false, true}) {
    CAPTURE(at_the_end);
    scene at("");
    at.where.file("score.py",
                  "import threading\n"
                  "def late():\n"
                  "    while not os.path.exists('" +
                      at.where.path() +
                      "/go'): time.sleep(0.001)\n"
                      "    os.write(1, b'{\"score\": 0.25}\\n')\n    " +
                      at.note("'written'") +
                      "def answer(row):\n"
                      "    threading.Thread(target=late).start()\n"
                      "    return {'score': 1}\n" +
                      loop_over_lines);
    check(at.run("a"), score_outcome::scored, 1, "");
    at.where.file("go", "");
    REQUIRE(test::eventually([&] { return at.noted() == "written"; }));
    if (!at_the_end) check(at.run("b"), score_outcome::broken, 0, "wrote more lines");
    if (at_the_end) {
      engine::scorer* const by = &*at.by;
      io::asio::co_spawn(at.context, engine::close_scorer(by), io::asio::detached);
      at.context.restart();
      at.context.run();
    }
    CHECK(at.by->broken());
    at.by->stop();
  }
}

TEST_CASE("an answer with its sample's id is that sample's, and from then on none without") {
  scene at(
      "def answer(row):\n"
      "    out = {'id': row['id'], 'score': 1}\n"
      "    if row['id'] == 'two': os.write(1, (json.dumps(out) + '\\n').encode())\n"
      "    if row['id'] == 'log': os.write(1, b'{\"score\": 0.25}\\n')\n"
      "    return out\n");
  check(at.run("a"), score_outcome::scored, 1, "");
  check(at.run("two"), score_outcome::scored, 1, "");
  const scored next = at.run("b");  // the second line may come while it is asked about
  if (next.outcome == score_outcome::unscored) {
    check(next, score_outcome::unscored, 0, "is to another id than \"b\"");
  } else {
    check(next, score_outcome::scored, 1, "");
  }
  check(at.run("log"), score_outcome::unscored, 0, "has no id, and others of it had");
  check(at.run("c"), score_outcome::scored, 1, "");
  CHECK_FALSE(at.by->broken());
  at.by->stop();
}

TEST_CASE("one that is late is ended, and its late answer goes to nobody") {
  scene at("import time\ntime.sleep(1000)\nprint('{\"score\": 1}')\n");
  at.config.timeout = 100ms;
  check(at.run("late"), score_outcome::unscored, 0,
        "gave no answer within 0.1 s (does it flush its output?)");
  CHECK_FALSE(at.by->broken());
  at.context.run();
  CHECK_FALSE(test::has_children());
}

TEST_CASE("a command has our environment but for the keys") {
  ::setenv("RETORT_TEST_KEY", "secret", 1);
  ::setenv("RETORT_TEST_OTHER", "shown", 1);
  scene at(
      "def answer(row):\n"
      "    return {'score': 1, 'detail': str([os.environ.get(n) for n in "
      "('RETORT_TEST_KEY', 'RETORT_TEST_OTHER', 'PYTHONUNBUFFERED')])}\n");
  at.config.key_variables = {"RETORT_TEST_KEY"};
  check(at.run("a"), score_outcome::scored, 1, "[None, 'shown', '1']");
  at.by->stop();
  ::unsetenv("RETORT_TEST_KEY");
  ::unsetenv("RETORT_TEST_OTHER");
}

TEST_CASE("much on standard error blocks nothing, and its end tells of a death") {
  scene at(
      "def answer(row):\n    sys.stderr.write('x' * 3000000 + '\\n')\n"
      "    if row['id'] == 'die': sys.exit('no more')\n    return {'score': 1}\n");
  check(at.run("a"), score_outcome::scored, 1, "");
  check(at.run("die"), score_outcome::unscored, 0, "exit status 1: no more");
  at.by->stop();
}

TEST_CASE("a program that does not exist is told before anything is scored") {
  io::asio::io_context context{1};
  engine::scorer_config config;
  config.run = {"no-such-program", "x"};
  const auto made = engine::scorer::make(context.get_executor(), config);
  REQUIRE(made.has_error());
  CHECK(made.error().code == errc::usage);
  CHECK(made.error().message ==
        "command: no-such-program is no program that can be run (by its path, or in PATH)");
}

TEST_CASE("a stop ends what runs, what waits and what idles") {
  scene at(
      "def answer(row):\n    if row['id'] == 'hang': time.sleep(1000)\n    return {'score': 1}\n",
      2);
  check(at.run("a"), score_outcome::scored, 1, "");
  std::vector<scored> found(6, {score_outcome::scored, 1, ""});
  for (auto& one : found) at.begin("hang", &one);
  at.context.poll();
  at.by->stop();
  at.context.restart();
  at.context.run();
  for (const auto& one : found) check(one, score_outcome::stopped, 0, "");
  CHECK_FALSE(test::has_children());
}

TEST_CASE("closed, a command sees the end of its input and may say farewell") {
  scene at("def answer(row):\n    return {'score': 1}\nimport atexit\n");
  at.where.file("score.py", "def answer(row):\n    return {'score': 1}\n" + loop_over_lines +
                                at.note("'farewell'"));
  check(at.run("a"), score_outcome::scored, 1, "");
  engine::scorer* const by = &*at.by;
  io::asio::co_spawn(at.context, engine::close_scorer(by), io::asio::detached);
  at.context.restart();
  at.context.run();
  CHECK(at.noted() == "farewell");
  CHECK_FALSE(test::has_children());
}
