#include "engine/endpoint/secret.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/dataset/byte_source.hpp"

namespace retort::engine {
namespace {

// What would end a header line, or is no text, cannot stand in one.
bool fits_header(std::string_view secret) {
  return std::ranges::all_of(secret, [](char c) { return c > 32 && c < 127; });
}

result<std::string> check_secret(std::string secret, const std::string& source, secret_form form) {
  const bool is_header = form == secret_form::header;
  secret.resize(secret.find_last_not_of(is_header ? " \t\r\n" : "\r\n") + 1);
  if (secret.empty()) return error{errc::usage, source + " is empty"};
  if (is_header && !fits_header(secret)) {
    return error{errc::usage, source + " holds characters that no key has"};
  }
  return secret;
}

result<std::string> read_file(const std::string& path, const io::interrupt* stop) {
  const io::interrupt never;
  auto file = io::open_file(path, stop ? *stop : never);
  if (!file) return file.error();
  std::string text;
  char block[1024];
  for (;;) {
    auto got = (*file)->read(block);
    if (!got) return got.error();
    if (*got == 0) return text;
    text.append(block, *got);
  }
}

}  // namespace

result<std::string> read_secret(const secret_place& from, const io::environment& environment,
                                const io::interrupt* stop) {
  if (!from.variable.empty()) {
    const char* value = environment(from.variable.c_str());
    const std::string source =
        fmt::format("the variable {} ({})", from.variable, from.variable_key);
    if (!value) {
      return error{errc::usage, fmt::format("{} is not set: export it, or name another in {}",
                                            source, from.variable_key)};
    }
    return check_secret(value, source, from.form);
  }
  if (from.file.empty()) return std::string();
  auto text = read_file(from.file, stop);
  if (!text) return error{text.error().code, from.file_key + ' ' + text.error().message};
  return check_secret(std::move(*text), from.file_key + ' ' + from.file, from.form);
}

std::vector<std::string> secret_variables(const config& run) {
  std::vector<std::string> out;
  const auto add = [&out](const std::string& name) {
    if (!name.empty()) out.push_back(name);
  };
  for (const model_entry& entry : model_entries(run)) {
    add(entry.model->limits.shared_key_env);
    for (const endpoint_config& one : endpoints_of(*entry.model)) {
      add(one.api_key_env);
      add(one.limits.shared_key_env);
    }
  }
  return out;
}

}  // namespace retort::engine
