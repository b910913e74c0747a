#include "io/process/hidden_variable.hpp"

#include <unistd.h>

#include <atomic>

namespace retort::io {
namespace {

mutex hiding;
char no_variable[] = "";  // an entry that no name is found in

char** place_of(std::string_view name) {
  for (char** one = environ; one && *one; ++one) {
    const std::string_view entry = *one;
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) return one;
  }
  return nullptr;
}

}  // namespace

hidden_variable::hidden_variable(std::string_view name) : held_(hiding), place_(place_of(name)) {
  if (place_) entry_ = std::atomic_ref(*place_).exchange(no_variable);
}

hidden_variable::~hidden_variable() {
  if (place_) std::atomic_ref(*place_).store(entry_);
}

std::vector<std::string> whole_environment() {
  const lock held(hiding);
  std::vector<std::string> all;
  for (char** one = environ; one && *one; ++one) all.emplace_back(*one);
  return all;
}

}  // namespace retort::io
