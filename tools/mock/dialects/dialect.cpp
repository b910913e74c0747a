#include "tools/mock/dialects/dialect.hpp"

namespace retort::mock {
namespace {

struct route {
  std::string_view ending;  // of the path
  const dialect& spoken;
};

std::span<const route> routes() {
  static const route all[] = {
      {"/chat/completions", openai_chat()}, {"/responses", openai_responses()},
      {"/messages", anthropic()},           {":generateContent", gemini()},
      {":streamGenerateContent", gemini()},
  };
  return all;
}

}  // namespace

const dialect* find_dialect(std::string_view path) {
  for (const route& each : routes()) {
    if (path.ends_with(each.ending)) return &each.spoken;
  }
  return nullptr;
}

const dialect& dialect_of(const request& asked) {
  if (const dialect* const by_path = find_dialect(asked.path())) return *by_path;
  for (const route& each : routes()) {
    if (!each.spoken.key_of(asked).empty()) return each.spoken;
  }
  return openai_chat();
}

std::string_view bearer_token(const request& asked) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view authorization = asked.field("authorization");
  return authorization.starts_with(scheme) ? authorization.substr(scheme.size())
                                           : std::string_view();
}

}  // namespace retort::mock
