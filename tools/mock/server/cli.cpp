#include "tools/mock/server/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>

namespace retort::mock {
namespace {

std::string flag_name(const option_spec& spec) {
  std::string flag = "--" + std::string(spec.name);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

void set_or_throw(options& target, const option_spec& spec, const std::string& text) {
  const result<void> set = set_option(target, spec, text);
  if (!set) throw CLI::ValidationError(flag_name(spec), set.error().message);
}

CLI::Option* add_flag(CLI::App& app, options& target, const option_spec& spec) {
  const auto set = [&target, &spec] { set_or_throw(target, spec, "true"); };
  return app.add_flag_callback(flag_name(spec), set, std::string(spec.help));
}

CLI::Option* add_value(CLI::App& app, options& target, const option_spec& spec) {
  const std::function<void(const std::string&)> set = [&target, &spec](const std::string& text) {
    set_or_throw(target, spec, text);
  };
  return app.add_option_function(flag_name(spec), set, std::string(spec.help))
      ->type_name(std::string(spec.type))
      ->default_str(default_text(spec));
}

}  // namespace

void add_mock_options(CLI::App& app, options& target) {
  for (const option_spec& spec : option_table()) {
    CLI::Option* option =
        spec.type.empty() ? add_flag(app, target, spec) : add_value(app, target, spec);
    option->group(std::string(spec.group));
  }
}

}  // namespace retort::mock
