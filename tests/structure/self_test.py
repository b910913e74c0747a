"""That the structural checks find what they are for, and nothing else."""

import unittest

import coroutine_lint
import cpp_source
import mirrored_tests
import one_voice
import one_way_includes
import own_names
import presence
import questions
import rooms
import top_level

CONDITION = "co_await in a condition"
TERNARY = "co_await in a ternary"
BRACES = "co_await in braces"
TEMPORARY = "braced temporary in an expression that awaits"
LAMBDA = "lambda that captures by value in an expression that awaits"
REFERENCE = "a coroutine's parameter may not be a reference"
VIEW = "a coroutine's parameter may not be a string_view"
MEMBER = "a coroutine must be a free function, not a member"
CAPTURE = "a coroutine lambda may capture by reference alone"

# Statements of a coroutine, and what is wrong with them.
STATEMENTS = [
    ("auto r = co_await f(named, std::move(named));", set()),
    ("co_await f(x); auto y = c ? a : b; if (y) { co_return; }", set()),
    ("const auto [ec, n] = co_await f(buffer(data), redirect_error(use_awaitable, ec));", set()),
    ("if (x) co_await f(x); else co_await g(c ? a : b);", set()),
    ("if (x == type{1}) co_await f(x);", set()),
    ("for (int i : {1, 2, 3}) { co_await f(i); }", set()),
    ("request r{1, 2}; co_await f(std::move(r)); return_type s = {};", set()),
    ("switch (x) { case 1: co_await f(); break; default: { co_await g(); } }", set()),
    ("try { co_await f(); } catch (const error& e) { x = {}; }", set()),
    ("do { co_await f(); } while (x);", set()),
    ("co_return co_await f(x[0], a<b>(c));", set()),
    ("co_await f([&] { return type{1}; }, [this] { g(); }, [] { return c ? 1 : 2; });", set()),
    ("co_await f([&](int x) -> std::pair<int, int> { return {x, x}; });", set()),
    ("auto g = [x = 1, y] { return x; }; co_await f(g);", set()),
    ('co_await f("if (co_await g()) {"); // c ? co_await a : b', set()),
    ('/* while (co_await f()) */ co_await f(R"x(") ? (co_await)x", \'{\', 1\'000);', set()),
    ("struct point { int x; }; co_await f(); enum class e { a }; co_await g();", set()),
    ("auto& [a, b] = co_await f(); auto&& [c, d] = co_await g();", set()),
    ("[[maybe_unused]] auto r = co_await f();", set()),
    ("if (co_await f()) {}", {CONDITION}),
    ("if (co_await f()) {} auto r = c ? type{1} : b;", {CONDITION}),
    ("if constexpr (co_await f()) {}", {CONDITION}),
    ("if (auto r = co_await f(); r) {}", {CONDITION}),
    ("while (x &&\n  !co_await f(y)) {\n}", {CONDITION}),
    ("do {} while (co_await f());", {CONDITION}),
    ("switch (co_await f()) { default: break; }", {CONDITION}),
    ("for (auto x : co_await f()) {}", {CONDITION}),
    ("for (int i = 0; co_await f(i); ++i) {}", {CONDITION}),
    ("auto r = c ? co_await f() : co_await g();", {TERNARY}),
    ("auto r = (co_await f()).ok() ? 1 : 2;", {TERNARY}),
    ("g(1, c ? h(co_await f()) : 2);", {TERNARY}),
    ("request r{.a = co_await f()};", {BRACES, TEMPORARY}),
    ("auto r = request{\n  1,\n  g(co_await f()),\n};", {BRACES, TEMPORARY}),
    ("co_return {co_await f(), 1};", {BRACES, TEMPORARY}),
    ("g({{co_await f()}});", {BRACES, TEMPORARY}),
    ("co_await f(request{.a = 1});", {TEMPORARY}),
    ("co_await f(x, {});", {TEMPORARY}),
    ("co_await f(g(std::vector<int>{1}));", {TEMPORARY}),
    ("auto r = g(type{1}, co_await f());", {TEMPORARY}),
    ("co_await f([=] { return x; });", {LAMBDA}),
    ("co_await f([x] { return x; });", {LAMBDA}),
    ("co_await f([&, x = std::move(y)]() mutable { return x; });", {LAMBDA}),
    ("co_await f([&a, *this] { return a; });", {LAMBDA}),
    ("g([x] { return x; }, co_await f());", {LAMBDA}),
    ("co_await [x]() -> task<int> { co_return x; }();", {LAMBDA, CAPTURE}),
    ("auto r =\n  co_await f(  // why\n    a, [x](int y) -> int {\n return x; });", {LAMBDA}),
]

PARTNER = {"(": ")", "[": "]", "{": "}"}

# Texts that end with a `{`, and what it opens.
BRACE_KINDS = [
    (cpp_source.BLOCK, [
        "namespace {", "namespace a::b {", "enum class e : int {", 'extern "C" {', "void f() {",
        "x f() const {", "x f() noexcept override {", "x f() final {", "s() : a_{1}, b_(2) {",
        "auto f() -> std::pair<a, b*> {", "auto f() const noexcept -> const x& {", "[&] {",
        "[] {", "f([x = 1] {", "return [a](int b) mutable {", "x = [] -> int {",
        "[]() -> a<b, c> {",
        "if (x) {", "else {", "do {", "try {", "catch (const e& x) {", "; {", "{} {",
        "void f() { {", "case 1: {", "TEST_CASE(\"x\") {", "concept c = requires {",
    ]),
    (cpp_source.CLASS, [
        "struct {", "class c {", "class c final : public b<x>, d {", "union u {",
        "template <class T> struct s<T*> {",
    ]),
    (cpp_source.BRACES, [
        "x = {", "x{", "auto y = x{", "f({", "f(a, {", "return {", "return x{", "a::b<c, d>{",
        "f(decltype(x){", "int a[]{", "x = {{", "x = {1, {", "f([] {}, x{", "f(p->q, x{",
        "struct p x = p{",
    ]),
]

# Whole files.
FILES = [
    ("task<void> f(std::string s, const char* p, state* q) { co_await g(); }", set()),
    ("task<void> f(std::function<void(int&)> on, std::vector<std::pair<int, int>> v);", set()),
    ("awaitable<int> f() { co_return 1; } int g(const int& x) { return x; }", set()),
    ("auto f(int x) -> asio::awaitable<void> { co_await g(x); }", set()),
    ("struct s { static task<void> f(int x) { co_await g(x); } };", set()),
    ("class c { public: friend task<void> f(c* self) { co_await g(self); } };", set()),
    ("struct s { task<void> f(int x) const { return free_f(impl_, x); } };", set()),
    ("struct s { task<void> f() { return spawn([&]() -> task<void> { co_await g(); }); } };",
     set()),
    ("struct s { auto operator co_await() && { return awaiter{1}; } };", set()),
    ("struct s { s() : a_{1}, b_(2) {} int a_, b_; }; task<void> f() { co_await g(); }", set()),
    ("namespace a::b { namespace { task<void> f() { co_await g(); } } }", set()),
    ("void t() { co_spawn(io, [&]() -> task<void> { co_await f(); }, detached); }", set()),
    ("void t() { auto l = [](int x) -> task<void> { co_await f(x); }; }", set()),
    ("task<void> f() { auto l = [x] { return x; }; co_await g(l); }", set()),
    ("#define f(x) if (co_await x) \\\n  {\n", set()),
    ("task<void> f(const std::string& s);", {REFERENCE}),
    ("auto f(std::string&& s) -> asio::awaitable<void>;", {REFERENCE}),
    ("asio::awaitable<std::pair<int, int>> c::f(\n  int a,\n  const b<c>& d);", {REFERENCE}),
    ("task<void> f(std::string_view s) { co_await g(s); }", {VIEW}),
    ("task<void> f(std::vector<std::string_view> s);", {VIEW}),
    ("auto l = [](int& x) -> task<void> { co_return; };", {REFERENCE}),
    ("struct s { task<void> f() { co_await g(); } };", {MEMBER}),
    ("template <class T> class c final : public b<T> { task<void> f() const { co_return; } };",
     {MEMBER}),
    ("task<void> c::f(int x) { co_await g(x); }", {MEMBER}),
    ("auto c::f(int x) const -> task<void> { co_await g(x); }", {MEMBER}),
    ("void t() { spawn([x]() -> task<void> { co_await f(x); }); }", {CAPTURE}),
    ("void t() { spawn([&, this]() mutable -> task<void> { co_await f(); }); }", {CAPTURE}),
    ("void t() { spawn([=]() -> task<void> { co_await f(); }); }", {CAPTURE}),
    ("task<void> f() { co_await g(); ", {"the brackets do not match"}),
]


class cpp_source_knows(unittest.TestCase):
    def test_what_braces_open(self):
        for kind, texts in BRACE_KINDS:
            for text in texts:
                with self.subTest(text):
                    self.assertEqual(self.last_brace(text), kind)

    def last_brace(self, text):
        closing = ""
        for char in text:
            if char in PARTNER:
                closing = PARTNER[char] + closing
            elif char == closing[:1]:
                closing = closing[1:]
        source = cpp_source.cpp_source(text + closing)
        return source.kind(max(i for i, token in enumerate(source.tokens) if token == "{"))


class coroutine_lint_finds(unittest.TestCase):
    def test_statements(self):
        for statements, expected in STATEMENTS:
            with self.subTest(statements):
                self.check("awaitable<void> f() {\n" + statements + "\n}\n", expected)
                self.check("auto l = [&]() -> awaitable<void> {" + statements + "\n};\n", expected)

    def test_files(self):
        for text, expected in FILES:
            with self.subTest(text):
                self.check(text, expected)

    def check(self, text, expected):
        found = coroutine_lint.problems_in(text, {"awaitable", "task"})
        self.assertEqual({what for _, what in found}, expected)

    def test_lines(self):
        text = '// c\nawaitable<void> f() {\n  g(R"(\n)");\n  if (x ||\n      co_await g()) {}\n}\n'
        self.assertEqual(coroutine_lint.problems_in(text), [(6, CONDITION)])

    def test_aliases(self):
        header = "template <class T>\nusing task = boost::asio::awaitable<T, executor>;"
        self.assertEqual(coroutine_lint.awaitable_names([header, ""]), {"awaitable", "task"})


class one_way_includes_finds(unittest.TestCase):
    def found(self, path, text):
        return list(one_way_includes.problems_in(path, text))

    def test_allowed(self):
        for path, header in [
            ("io/sink.cpp", '"io/sink.hpp"'), ("providers/openai.cpp", '"io/json_writer.hpp"'),
            ("engine/run.cpp", '"providers/types.hpp"'), ("tools/main.cpp", '"engine/run.hpp"'),
            ("tests/io/sink_test.cpp", '"tests/support/peer.hpp"'), ("bench/a.cpp", '"io/a.hpp"'),
            ("io/sink.cpp", "<boost/asio.hpp>"), ("io/sink.cpp", "<sys/file.h>"),
        ]:
            with self.subTest(path):
                self.assertEqual(self.found(path, f"#include {header}\n"), [])

    def test_forbidden(self):
        for path, header in [
            ("io/sink.cpp", "providers/types.hpp"), ("io/sink.cpp", "engine/run.hpp"),
            ("io/sink.cpp", "tools/mock/mock.hpp"), ("providers/openai.cpp", "engine/run.hpp"),
            ("engine/run.cpp", "tools/main.hpp"), ("engine/run.cpp", "tests/support/peer.hpp"),
            ("tools/main.cpp", "bench/guard.hpp"), ("tools/main.cpp", "tests/support/peer.hpp"),
            ("tests/io/a_test.cpp", "bench/guard.hpp"), ("bench/a.cpp", "tests/support/peer.hpp"),
        ]:
            for include in (f'"{header}"', f"<{header}>"):
                with self.subTest(f"{path} {include}"):
                    self.assertEqual(self.found(path, f"\n\n # include {include}\n"), [
                        f"{path}:3: {path.split('/')[0]}/ may not include {header}"])

    def test_not_from_the_root(self):
        self.assertEqual(self.found("io/sink.cpp", '#include "error.hpp"'), [
            'io/sink.cpp:1: "error.hpp" is not a path from the root'])


class top_level_finds(unittest.TestCase):
    def test_only_strangers(self):
        fixed = ["README.md", ".ci/run", ".gitignore", "io/a.cpp", "configs/b.yaml"]
        self.assertEqual(top_level.problems_in(fixed), [])
        self.assertEqual(top_level.problems_in(fixed + ["docs/a.md", "docs/b.md", "x.py"]), [
            "docs: does not belong at the top level", "x.py: does not belong at the top level"])


class mirrored_tests_finds(unittest.TestCase):
    def found(self, *paths):
        return [problem.split(":")[0] for problem in mirrored_tests.problems_in(paths)]

    def test_mirrored(self):
        self.assertEqual(self.found(
            "io/sink.cpp", "tests/io/sink_test.cpp", "tests/io/peer.hpp", "tests/support/main.cpp",
            "tools/mock/server/plan.hpp", "tests/tools/mock/server/plan_test.cpp"), [])

    def test_strangers(self):
        strangers = ["tests/engine/sink_test.cpp", "tests/io/base/sink_test.cpp",
                     "tests/io/gone_test.cpp"]
        self.assertEqual(self.found("io/sink.cpp", *strangers), strangers)

    def test_end_to_end(self):
        for name in mirrored_tests.END_TO_END:
            self.assertEqual(self.found(f"tests/tools/{name}_test.cpp"), [])
            self.assertEqual(len(self.found(f"tests/io/{name}_test.cpp")), 1)


ROOMS = """
room(io/base LIBRARIES fmt::fmt)
room(io/ledger USES io/base
  LIBRARIES PkgConfig::xxhash)
room(engine/run USES io/ledger)
"""


class rooms_finds(unittest.TestCase):
    def found(self, path, included):
        return list(rooms.problems_in(path, f'#include "{included}"', rooms.rooms_in(ROOMS)))

    def test_ways(self):
        for path, included in [("io/ledger/a.cpp", "io/base/b.hpp"), ("io/ledger/a.cpp", "io/ledger/b.hpp"),
                               ("engine/run/a.cpp", "io/base/b.hpp"), ("tools/a.cpp", "io/base/b.hpp")]:
            self.assertEqual(self.found(path, included), [])

    def test_ways_back(self):
        for path, included in [("io/base/a.cpp", "io/ledger/b.hpp"), ("io/ledger/a.cpp", "engine/run/b.hpp")]:
            self.assertEqual(self.found(path, included), [f"{path}:1: {path.rpartition('/')[0]} may not include {included}"])

    def test_no_room(self):
        self.assertEqual(len(self.found("io/a.cpp", "io/base/b.hpp")), 1)
        self.assertEqual(len(self.found("engine/new/a.cpp", "io/base/b.hpp")), 1)

    def test_circle(self):
        self.assertEqual(list(rooms.order_problems(ROOMS)), [])
        self.assertEqual(len(list(rooms.order_problems("room(io/a USES io/b)\nroom(io/b)\n"))), 1)

    def test_libraries(self):
        def found(path, header):
            return list(rooms.library_problems(path, f"#include <{header}>", rooms.rooms_in(ROOMS),
                                               rooms.libraries_in(ROOMS)))
        for path, header in [("io/ledger/a.cpp", "xxhash.h"), ("engine/run/a.cpp", "fmt/format.h"),
                             ("io/base/a.cpp", "vector"), ("tests/io/base/a.cpp", "xxhash.h")]:
            self.assertEqual(found(path, header), [])
        self.assertEqual(len(found("io/base/a.cpp", "xxhash.h")), 1)
        self.assertEqual(len(found("engine/run/a.cpp", "re2/re2.h")), 1)

    def test_threads(self):
        def found(path, text):
            return list(rooms.thread_problems(path, text, rooms.rooms_in(ROOMS), tested))
        tested = rooms.tested_with_threads({"configurePresets": [
            {"name": "tsan", "cacheVariables": {"RETORT_TESTED": "^tests/io/",
                                                "RETORT_UNTESTED": "^tests/io/base/simulation_"}}]})
        self.assertEqual(found("engine/run/a.cpp", "\nstd::jthread own;"), [
            "engine/run/a.cpp:2: engine/run has threads, and CMakePresets.json leaves its tests out of tsan"])
        self.assertEqual(found("engine/run/a.cpp", "int threads;"), [])
        self.assertEqual(found("io/base/a.cpp", "std::jthread own;"), [])
        self.assertEqual(len(found("tests/engine/run/a_test.cpp", "std::thread own;")), 1)
        self.assertEqual(found("tests/io/base/a_test.cpp", "std::thread own;"), [])
        self.assertEqual(len(found("tests/io/base/simulation_test.cpp", "std::thread own;")), 1)

    def test_size(self):
        paths = [f"io/base/{i}.hpp" for i in range(rooms.MAX_UNITS)]
        self.assertEqual(list(rooms.size_problems([*paths, "io/base/1.cpp"], {"io/base"})), [])
        self.assertEqual(len(list(rooms.size_problems([*paths, "io/base/x.cpp"], {"io/base"}))), 1)


class questions_finds(unittest.TestCase):
    def test_wrong_answers(self):
        for question, answer in [("What is (5 + 4) / 3 - 7 * 2?", -11), ("Calculate 3 - 8.", -5)]:
            row = '{"question": "%s", "answer": "%d"}\n'
            right, wrong = row % (question, answer), row % (question, answer + 1)
            self.assertEqual(list(questions.problems_in(right, right)), [])
            self.assertEqual(len(list(questions.problems_in(right + wrong, right + wrong))), 1)

    def test_another_dataset(self):
        self.assertEqual(len(list(questions.problems_in("", "{}\n"))), 1)


class OneVoice(unittest.TestCase):
    def test_messages_are_written_in_one_place(self):
        texts = {
            "io/base/console.cpp": "std::fwrite(line.data(), 1, line.size(), to);",
            "engine/a.cpp": 'std::cerr << "x";\n// std::cout\nstd::fopen(name, "w");',
            "tools/b.cpp": 'fmt::print(stderr, "x");\nio::print_line(stderr, "x");',
            "io/c.cpp": "std::fputs(text, stdout);\nstd::fwrite(data, 1, size, file);",
            "tests/io/d.cpp": 'std::puts("x");',
        }
        self.assertEqual([problem.split(": ")[0] for problem in one_voice.problems_in(texts)],
                         ["engine/a.cpp:1", "io/c.cpp:1", "tools/b.cpp:1"])


class presence_finds(unittest.TestCase):
    def test_who_takes_the_unseen_for_absent(self):
        texts = {"engine/a.cpp": "if (!fs::exists(path, ec)) return {};",
                 "engine/b.cpp": "const auto there = io::is_there(path);\nfs::exists(fs::symlink_status(a));",
                 "engine/c.cpp": "// exists(a)\nfor (auto& one : fs::directory_iterator(a)) f(one);",
                 "io/d.cpp": "if (fs::exists(path)) return;"}
        self.assertEqual([problem.split(": ")[0] for problem in presence.problems_in(texts)],
                         ["engine/a.cpp:1", "engine/c.cpp:2"])


class own_names_finds(unittest.TestCase):
    def found(self, second):
        first = "namespace retort::test {\nint f(int a);\nstruct s {\n  int g();\n};\n}"
        return list(own_names.problems_in({"tests/a.hpp": first, "tests/b.hpp": second}))

    def test_two_of_a_name(self):
        for text in ("inline std::string f(const char* a) { return a; }", "auto f() -> int;",
                     "class s final : public b {};", "std::vector<int> f(int a);"):
            self.assertEqual(self.found("namespace retort::test {\n" + text + "\n}"), [
                f"tests/b.hpp:2: {'s' if 'class' in text else 'f'} is a name of tests/a.hpp also"])

    def test_others(self):
        for text in ("int g(int a) { return f(a); }", "struct t {\n  int f(int a);\n};",
                     "inline int h() { int f(1); return f; }", "class s;"):
            self.assertEqual(self.found("namespace retort::test {\n" + text + "\n}"), [])


if __name__ == "__main__":
    unittest.main()
