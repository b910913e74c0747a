// Servers that a run starts for itself (models[].serve): real processes of a small server in
// Python, each with a child that has left its session.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

// Arguments: the port, and what is to go wrong. Writes its processes into `pids`.
constexpr char server[] = R"py(
import http.server, json, os, re, subprocess, sys, threading, time
port, fault = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ''
child = subprocess.Popen(['sleep', '86400'], start_new_session=True)
print('gpus:', os.environ.get('CUDA_VISIBLE_DEVICES'), 'key:', os.environ.get('OTHER_KEY'), flush=True)
with open('pids', 'a') as out:
    out.write(f'{os.getpid()} {child.pid}\n')
if fault == 'dies':
    sys.exit('RuntimeError: no such model')
if fault == 'sleeps':
    print('loading', flush=True)
    time.sleep(86400)
answered = 0

class one(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *what): pass
    def say(self, body):
        self.send_response(200)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.say(b'{}')
    def do_POST(self):
        global answered
        body = json.loads(self.rfile.read(int(self.headers['content-length'])))
        while fault == 'waits for another' and len(open('pids').readlines()) < 2:
            time.sleep(0.01)
        if fault == 'stalls':
            open('asked', 'w').close()
            time.sleep(86400)
        answered += 1
        if fault == 'crashes' or (fault == 'crashes once' and answered == 5 and not os.path.exists('crashed')):
            open('crashed', 'w').close()
            os._exit(3)
        asked = re.search(r'What is (.*)\?', body['messages'][-1]['content'])
        said = json.dumps({'answer': eval(asked[1])}) if asked else '9'
        self.say(json.dumps({'id': 'x', 'object': 'chat.completion', 'model': 'm', 'choices': [
            {'index': 0, 'finish_reason': 'stop',
             'message': {'role': 'assistant', 'content': said}}],
            'usage': {'prompt_tokens': 5, 'completion_tokens': 2, 'total_tokens': 7}}).encode())

http.server.ThreadingHTTPServer(('127.0.0.1', port), one).serve_forever()
)py";

// A rehearsal whose model is served by the run.
struct served : rehearsal {
  explicit served(std::size_t questions) : rehearsal(questions) {
    files().file("server.py", server);
  }
  std::vector<std::string> with(std::string_view fault, std::string_view more = "",
                                std::string_view entry = "") const {
    return {"--plain", "--set",
            fmt::format("models=[{{provider: vllm, model: m{}, serve: {{command: \"exec python3 "
                        "server.py {{port}} '{}'\"{}}}}}]",
                        entry, fault, more)};
  }
  // Of every server, and its child.
  std::vector<pid_t> processes() const {
    std::vector<pid_t> out;
    if (!std::filesystem::exists(path("pids"))) return out;
    std::istringstream text(content("pids"));
    for (pid_t one = 0; text >> one;) out.push_back(one);
    return out;
  }
  bool is_any_alive() const {
    for (const pid_t one : processes()) {
      if (::kill(one, 0) == 0) return true;
    }
    return false;
  }
};

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a run starts the server that it asks, and leaves nothing of it behind") {
  const served here(20);
  const outcome left = here.run(here.with("", "", ", api_key_env: OWN_KEY"),
                                {{{"OWN_KEY", "k"}, {"CUDA_VISIBLE_DEVICES", "6"}}, {}});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(lines_in(here.content("run/ledger.jsonl")) >= 20);
  CHECK(mentions(left.output, "20"));
  CHECK(mentions(left.errors, "models[0].serve: ready at http://127.0.0.1:"));
  CHECK(mentions(here.content("run/server-0.log"), "gpus: 6"));
  using std::filesystem::perms;  // what a server prints nobody has masked
  CHECK(std::filesystem::status(here.path("run/server-0.log")).permissions() ==
        (perms::owner_read | perms::owner_write));
  CHECK(here.processes().size() == 2);
  CHECK_FALSE(here.is_any_alive());

  const outcome again =
      here.run(here.with("", "", ", api_key_env: OWN_KEY"), {{{"OWN_KEY", "k"}}, {}});
  CHECK(again.status == 0);
  CHECK(here.processes().size() == 2);  // nothing was left to ask
}

TEST_CASE("a run that is killed leaves no server, nor what has left its server's session") {
  const served here(4);
  child_process run = here.start_run(here.with("stalls"));
  REQUIRE(
      eventually([&] { return std::filesystem::exists(here.path("asked")) || !run.is_running(); }));
  INFO(run.errors());
  REQUIRE(run.is_running());
  CHECK(here.is_any_alive());
  ::kill(run.id(), SIGKILL);
  CHECK(run.wait() == 128 + SIGKILL);
  CHECK(eventually([&] { return !here.is_any_alive(); }));
}

TEST_CASE("a run that is stopped while its server loads ends it, and can go on") {
  const served here(4);
  child_process run = here.start_run(here.with("sleeps"));
  REQUIRE(eventually([&] { return here.processes().size() == 2 || !run.is_running(); }));
  run.signal(SIGTERM);
  INFO(run.errors());
  CHECK(run.wait() == 75);
  CHECK_FALSE(here.is_any_alive());
  CHECK(here.run(here.with("")).status == 0);
}

TEST_CASE(
    "a server that does not come is one line, with what it printed last, and nothing is sent") {
  const served here(4);
  SUBCASE("no such program") {
    const outcome left = here.run(
        {"--set", "models=[{provider: vllm, model: m, serve: {command: \"no-such {port}\"}}]"});
    INFO(left.errors);
    CHECK(left.status == 2);
    CHECK(mentions(left.errors, "models[0].serve: ended with exit status 127"));
    CHECK(mentions(left.errors, "no-such: not found (run/server-0.log); nothing was sent"));
  }
  SUBCASE("it dies") {
    const outcome left = here.run(here.with("dies"));
    INFO(left.errors);
    CHECK(left.status == 2);
    CHECK(mentions(left.errors, "ended with exit status 1: gpus: "));
    CHECK(mentions(left.errors, "RuntimeError: no such model (run/server-0.log); nothing"));
  }
  SUBCASE("it is never ready") {
    const outcome left = here.run(here.with("sleeps", "", ", startup_s: 5"));
    INFO(left.errors);
    CHECK(left.status == 2);
    CHECK(mentions(left.errors, "/health was not answered with 200 within 5 s"));
    CHECK(mentions(left.errors, "loading (run/server-0.log); nothing was sent"));
  }
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("a server that dies is started again, and no sample fails of it") {
  const served here(20);
  const outcome left = here.run(here.with("crashes once"));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.errors, "ended with exit status 3"));
  CHECK(mentions(left.errors, "it is started again"));
  CHECK(mentions(left.output, "20 accepted, 0 rejected, 0 failed"));
  CHECK(here.processes().size() == 4);
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("a server that dies again and again is given up, and the run can go on later") {
  const served here(4);
  const outcome left = here.run(here.with("crashes"));
  INFO(left.errors);
  CHECK(left.status == 75);
  CHECK(here.processes().size() == 8);  // the first, and three more
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("a server that is given up is told of once, also where a judge is asked at it") {
  const served here(4);
  auto words = here.with("crashes", ", replicas: 2");
  words.insert(words.end(),
               {"--set",
                "evaluate=[{judge: {model: {provider: vllm, model: m, serve: {command: \"exec "
                "python3 server.py {port} 'crashes'\", replicas: 2}}, prompt: "
                "\"{{completion}}\", scale: [0, 10]}, threshold: 0.5}]"});
  const outcome left = here.run(words);
  INFO(left.errors);
  CHECK(left.status == 75);
  const auto first = left.errors.find(" is not used any more: ");
  CHECK(first != std::string::npos);
  CHECK(left.errors.find(" is not used any more: ", first + 1) == std::string::npos);
  CHECK(here.processes().size() == 2 * 8);
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("each replica has its own GPUs, and all are asked") {
  const served here(40);
  const outcome left = here.run(here.with("waits for another", ", replicas: auto, gpus: 2"),
                                {{{"CUDA_VISIBLE_DEVICES", "1,3,5,7"}}, {}});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(here.content("run/server-0.log"), "gpus: 1,3 "));
  CHECK(mentions(here.content("run/server-1.log"), "gpus: 5,7 "));
  CHECK(here.processes().size() == 4);
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("each shard starts a server of its own, whatever the limits") {
  const served here(40);
  for (const char* shard : {"0/2", "1/2"}) {
    auto words = here.with("", "", ", concurrency: 1");
    words.insert(words.end(), {"--shard", shard});
    const outcome left = here.run(words);
    INFO(left.errors);
    CHECK(left.status == 0);
  }
  CHECK(here.processes().size() == 4);
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("a judge's server is started, watched and stopped as a model's is") {
  const served here(20);
  const auto judged_by = [&](std::string_view fault) {
    auto words = here.with("");
    words.insert(words.end(),
                 {"--set", fmt::format("evaluate=[{{judge: {{model: {{provider: vllm, model: m, "
                                       "serve: {{command: \"exec python3 server.py {{port}} '{}'\""
                                       "}}}}, prompt: \"{{{{{{completion}}}}}}\", scale: [0, 10]}}"
                                       ", threshold: 0.5}}]",
                                       fault)});
    return words;
  };
  SUBCASE("one of its own, which dies once") {
    const outcome left = here.run(judged_by("crashes once"));
    INFO(left.errors);
    CHECK(left.status == 0);
    CHECK(mentions(left.errors, "models[0].serve: ready at http://127.0.0.1:"));
    CHECK(mentions(left.errors, "evaluate[0].judge.model.serve: ready at http://127.0.0.1:"));
    CHECK(mentions(left.errors, "evaluate[0].judge.model.serve: ended with exit status 3"));
    CHECK(mentions(left.output, "20 accepted, 0 rejected, 0 failed"));
    CHECK(here.processes().size() == 6);
  }
  SUBCASE("that of the model, where both say the same, with the one GPU that there is") {
    const outcome left = here.run(judged_by(""), {{{"CUDA_VISIBLE_DEVICES", "6"}}, {}});
    INFO(left.errors);
    CHECK(left.status == 0);
    CHECK_FALSE(mentions(left.errors, "evaluate[0].judge.model.serve"));
    CHECK(mentions(left.output, "20 accepted, 0 rejected, 0 failed"));
    CHECK(here.processes().size() == 2);
  }
  SUBCASE("it does not come: nothing more is asked") {
    const outcome left = here.run(judged_by("dies"));
    INFO(left.errors);
    CHECK(left.status == 2);
    CHECK(mentions(left.errors, "evaluate[0].judge.model.serve: ended with exit status 1"));
    CHECK(mentions(left.errors, "RuntimeError: no such model (run/server-1.log)"));
  }
  CHECK_FALSE(here.is_any_alive());
}

namespace {

struct measured_server : served {
  measured_server() : served(20) {}
  child_process start_bench(std::string_view fault, std::string_view entry,
                            std::vector<std::string> more) const {
    auto words = with(fault, "", entry);
    words[0] = "run.yaml";
    words.insert(words.begin(), "bench");
    more.insert(more.begin(), {"--whole", "--set", "evaluate=[]"});
    words.insert(words.end(), more.begin(), more.end());
    return start(words);
  }
};

const std::vector<std::string> limits_wanted = {"--find-limits", "--spend", "30req"};

}  // namespace

TEST_CASE("a benchmark starts the server that it measures, and leaves nothing of it behind") {
  const measured_server here;
  SUBCASE("a trial") {
    const outcome left =
        finish(here.start_bench("", "", {"--requests", "20", "--concurrency", "2"}));
    INFO(left.errors);
    CHECK((left.status == 0 || left.status == 3));
    CHECK(mentions(left.errors, "models[0].serve: ready at http://127.0.0.1:"));
    CHECK(mentions(left.output, "concurrency 2"));
    CHECK_FALSE(mentions(left.output, "note: "));
  }
  SUBCASE("a search") {
    const outcome left = finish(here.start_bench(
        "", "", {"--concurrency", "1,2", "--search", "--slo", "e2e_p50=1min", "--requests", "20"}));
    INFO(left.errors);
    CHECK((left.status == 0 || left.status == 3));
    CHECK(mentions(left.output, "concurrency 2 is the highest load that keeps every SLO"));
  }
  SUBCASE("its limits") {
    const outcome left = finish(here.start_bench("", "", limits_wanted));
    INFO(left.errors);
    CHECK((left.status == 0 || left.status == 3));
    CHECK(mentions(left.output, "limits:"));
  }
  CHECK(here.processes().size() == 2);
  CHECK_FALSE(here.is_any_alive());
  CHECK(mentions(here.content("run/bench-server-0.log"), "gpus: "));
  CHECK_FALSE(std::filesystem::exists(here.path("run/manifest.json")));
}

TEST_CASE("a benchmark's server that does not come is one line, and nothing is sent") {
  for (const auto& flags : {std::vector<std::string>{}, limits_wanted}) {
    const measured_server here;
    const outcome dies = finish(here.start_bench("dies", "", flags));
    INFO(dies.errors);
    CHECK(dies.status == 2);
    CHECK(dies.output == "");
    CHECK(mentions(dies.errors, "retort: models[0].serve: ended with exit status 1: gpus: "));
    CHECK(dies.errors.ends_with("no such model (run/bench-server-0.log); nothing was sent\n"));
    const outcome sleeps = finish(here.start_bench("sleeps", ", startup_s: 1", flags));
    INFO(sleeps.errors);
    CHECK(sleeps.status == 2);
    CHECK(mentions(sleeps.errors, "/health was not answered with 200 within 1 s"));
    CHECK_FALSE(here.is_any_alive());
    auto blocked = flags;
    blocked.insert(blocked.end(), {"--set", "run_dir=run.yaml"});
    const outcome nowhere = finish(here.start_bench("", "", blocked));
    CHECK(nowhere.status == 2);
    CHECK(nowhere.errors == "retort: run.yaml: Not a directory\n");
  }
}

TEST_CASE("a benchmark that is stopped while its server loads ends it") {
  for (const auto& flags : {std::vector<std::string>{}, limits_wanted}) {
    const measured_server here;
    child_process bench = here.start_bench("sleeps", "", flags);
    REQUIRE(eventually([&] { return here.processes().size() == 2 || !bench.is_running(); }));
    bench.signal(flags.empty() ? SIGTERM : SIGHUP);
    const outcome left = finish(std::move(bench));
    INFO(left.errors);
    CHECK(left.status == 75);
    const char* const by = flags.empty() ? "SIGTERM" : "a signal";
    CHECK(left.errors.ends_with(fmt::format("retort: cut short by {}\n", by)));
    CHECK_FALSE(here.is_any_alive());
  }
}

TEST_CASE("a server that dies while it is measured is waited for by the next trial, and told of") {
  const measured_server here;
  const outcome left = finish(here.start_bench(
      "crashes once", "", {"--requests", "20", "--concurrency", "1,2", "--json", "out.json"}));
  INFO(left.errors);
  CHECK(left.status == 3);
  CHECK(mentions(left.output, "note: models[0].serve: ended with exit status 3: gpus: "));
  CHECK(mentions(left.output, "DEGRADED: "));
  CHECK(mentions(here.content("out.json"), R"("concurrency":2})"));
  CHECK(here.processes().size() == 4);
  CHECK_FALSE(here.is_any_alive());
}

TEST_CASE("check says what would be started, and starts nothing") {
  const served here(4);
  auto words = here.with("", ", replicas: 2");
  words[0] = "run.yaml";
  words.insert(words.begin(), "check");
  const outcome left = finish(here.start(words, {{{"CUDA_VISIBLE_DEVICES", "0,1"}}, {}}));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.output, "models[0].serve: a run would start exec python3 server.py "));
  CHECK(mentions(left.output, "(CUDA_VISIBLE_DEVICES=1)"));
  CHECK(mentions(left.output, "wait up to 900 s for its /health"));
  CHECK(here.processes().empty());
  CHECK_FALSE(std::filesystem::exists(here.path("run")));
}
