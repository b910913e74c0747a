#include "engine/sandbox/python_choice.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "io/process/process.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds answer_patience{60};
constexpr char question[] =
    "import os, platform, sys\n"
    "print(sys.executable, platform.python_version(), sys.prefix, sys.base_prefix,\n"
    "      os.path.dirname(os.path.realpath(sys.executable)), sep='\\n')";

template <class Take>
void for_each_part(std::string_view text, char between, const Take& take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(between, at), text.size());
    take(std::string(text.substr(at, end - at)));
    at = end + 1;
  }
}

void add_once(std::vector<std::string>& to, const std::string& one) {
  if (std::ranges::find(to, one) == to.end()) to.push_back(one);
}

bool is_within(const fs::path& inner, const fs::path& outer) {
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

std::vector<std::string> our_directories() {
  std::error_code ignored;
  std::vector<std::string> ours{fs::current_path(ignored).string()};
  const char* const home = ::getenv("HOME");
  if (home && *home) ours.emplace_back(home);
  return ours;
}

}  // namespace

std::vector<std::string> pythons_in(std::string path) {
  std::vector<std::string> found;
  for_each_part(path + ":/usr/bin", ':', [&](const std::string& directory) {
    const auto there = io::find_program("python3", directory);
    if (there) add_once(found, *there);
  });
  return found;
}

result<known_python> read_python(std::string_view lines, const std::vector<std::string>& ours) {
  std::vector<std::string> said;
  for_each_part(lines, '\n', [&](const std::string& line) { said.push_back(line); });
  if (said.size() < 3) return error{errc::usage, "it does not say what it is"};
  known_python found;
  found.call.path = said[0];
  found.name = fmt::format("{} ({})", said[0], said[1]);
  for (std::size_t i = 2; i < said.size(); ++i) {
    const std::string& directory = said[i];
    if (is_within(directory, "/usr")) continue;
    if (std::ranges::any_of(ours, [&](const auto& one) { return is_within(one, directory); })) {
      return error{errc::usage, directory + ", its directory, holds other files too"};
    }
    add_once(found.call.directories, directory);
  }
  return found;
}

io::awaitable<result<known_python>> ask_python(io::executor on, std::string path) {
  io::program what;
  what.words = {path, "-I", "-c", question};
  what.environment = io::environment_without({});
  auto started = io::process::start(on, what);
  if (!started) co_return started.error();
  io::process child = std::move(*started);
  child.finish(0);
  child.kill_at(io::process::clock::now() + answer_patience);
  while (!child.is_over()) {
    co_await io::news_of(&child);
  }
  co_return read_python(child.unread(1), our_directories());
}

}  // namespace retort::engine
