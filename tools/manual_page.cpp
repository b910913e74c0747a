#include "tools/manual_page.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "engine/config/config.hpp"
#include "io/base/version.hpp"

namespace retort::tools {
namespace {

// Text as it is: no line of it is a request, a hyphen can be copied.
std::string troff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool at_start = out.empty() || out.back() == '\n';
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    if (c == '-') out += "\\-";
    if (c != '\\' && c != '-') out += c;
  }
  return out;
}

std::string as_printed(const std::string& text) {
  return ".nf\n" + troff(text) + (text.ends_with('\n') ? "" : "\n") + ".fi\n";
}

std::string option_text(const CLI::Option& of) {
  std::string name = of.get_name(false, true);  // "-h,--help"
  const std::string type = of.get_items_expected_max() == 0 ? "" : " " + of.get_type_name();
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", troff(name), troff(type),
                     troff(of.get_description()));
}

// A command without a footer of its own shows its parent's.
std::string footer_of(const CLI::App& of) {
  const bool has_own = of.get_footer() != of.get_parent()->get_footer();
  return has_own ? ".PP\n" + as_printed(of.get_footer()) : "";
}

std::string command_text(const CLI::App& of) {
  std::string arguments;
  for (const CLI::Option* one : of.get_options()) {
    if (!one->nonpositional()) arguments += " " + one->get_type_name();
  }
  std::string out = fmt::format(".SS \"retort {} [OPTIONS]{}\"\n{}.\n", of.get_name(),
                                troff(arguments), troff(of.get_description()));
  for (const CLI::Option* one : of.get_options()) {
    if (one->nonpositional()) out += option_text(*one);
  }
  return out + footer_of(of);
}

}  // namespace

std::string manual_page(const CLI::App& app) {
  std::string out = fmt::format(
      ".TH RETORT 1 \"\" \"retort {}\" \"retort\"\n.SH NAME\nretort \\- datasets become "
      "fine-tuning data\n.SH SYNOPSIS\n\\fBretort\\fR COMMAND [OPTIONS] ...\n.SH DESCRIPTION\n{}\n"
      ".SH COMMANDS\n",
      io::version, troff(app.get_description()));
  for (const CLI::App* one : app.get_subcommands({})) out += command_text(*one);
  return out + ".SH CONFIG\n" + as_printed(engine::describe_config_keys());
}

}  // namespace retort::tools
