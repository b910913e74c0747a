#include "tools/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "engine/config/config_keys.hpp"

namespace retort::tools {
namespace {

// What may stand behind an option, or as a command's argument.
enum class takes { nothing, text, file, config, run, directory, key, choice };

struct option_words {
  std::vector<std::string> names;  // --output; of an argument none
  std::string meaning;
  takes what = takes::nothing;
  std::string choices;  // of takes::choice, parted by blanks
};

struct command_words {
  std::string name, meaning;
  std::vector<option_words> options;
  takes argument = takes::nothing;
  std::string choices;  // of the argument
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// By the word that the help shows for a value: json|text are words to choose from, PORT|FILE is a
// file.
takes kind_of(std::string_view shown) {
  const std::size_t bar = shown.rfind('|');
  const bool is_word = bar != std::string_view::npos && shown.front() >= 'a';
  if (is_word) return takes::choice;
  if (bar != std::string_view::npos) shown.remove_prefix(bar + 1);
  if (shown == "CONFIG") return takes::config;
  if (shown == "PATH" || shown == "FILE") return takes::file;
  if (shown == "RUN") return takes::run;
  if (shown == "DIR") return takes::directory;
  return shown == "KEY=VALUE" ? takes::key : takes::text;
}

// "json|text=json" shows a default too.
std::string shown_type(const CLI::Option& of) {
  const std::string shown = of.get_type_name();
  const std::string word = shown.substr(0, shown.find(':'));
  return word == "KEY=VALUE" ? word : word.substr(0, word.find('='));
}

option_words words_of(const CLI::Option& of) {
  option_words out;
  for (const std::string& name : of.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : of.get_lnames()) out.names.push_back("--" + name);
  out.meaning = of.get_description();
  if (of.get_items_expected_max() == 0) return out;
  const std::string shown = shown_type(of);
  out.what = kind_of(shown);
  if (out.what == takes::choice) out.choices = replaced(shown, "|", " ");
  return out;
}

command_words words_of(const CLI::App& command) {
  command_words out;
  out.name = command.get_name();
  out.meaning = command.get_description();
  for (const CLI::Option* one : command.get_options()) {
    option_words words = words_of(*one);
    if (one->nonpositional()) {
      out.options.push_back(std::move(words));
    } else {
      out.argument = words.what;
      out.choices = words.choices;
    }
  }
  return out;
}

std::vector<command_words> commands_of(const CLI::App& app) {
  std::vector<command_words> out;
  for (const CLI::App* one : app.get_subcommands({})) out.push_back(words_of(*one));
  return out;
}

// As --set has them, the first element of a list for all: models.0.limits.rpm=
std::string keys() {
  std::string out;
  for (const engine::config_key& one : engine::config_keys()) {
    if (one.is_listed) out += replaced(std::string(one.path), "[]", ".0") + "= ";
  }
  return out;
}

std::string all_names(const command_words& of) {
  std::string out;
  for (const option_words& one : of.options) out += fmt::format("{} ", fmt::join(one.names, " "));
  return out;
}

// In single quotes, as every shell reads them.
std::string quoted(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }

// A line that sets `found`; keys stand in a variable.
std::string bash_words(takes what, const std::string& choices) {
  switch (what) {
    case takes::file: return "_retort_found -f";
    case takes::directory: return "_retort_found -d";
    case takes::config: return "_retort_found -f; _retort_configs";
    case takes::run: return "_retort_found -d; _retort_runs";
    case takes::key: return "_retort_found -W \"$_retort_keys\"; compopt -o nospace";
    case takes::choice: return fmt::format("_retort_found -W {}", quoted(choices));
    case takes::nothing:
    case takes::text: break;
  }
  return ":";
}

std::string bash_command(const command_words& of) {
  std::string out = fmt::format("    {})\n      case $before in\n", of.name);
  std::string free_text;
  for (const option_words& one : of.options) {
    if (one.what == takes::nothing) continue;
    const std::string names = fmt::format("{}", fmt::join(one.names, "|"));
    if (one.what == takes::text) {
      free_text += (free_text.empty() ? "" : "|") + names;
    } else {
      out += fmt::format("        {}) {} ;;\n", names, bash_words(one.what, one.choices));
    }
  }
  if (!free_text.empty()) out += fmt::format("        {}) ;;\n", free_text);
  return out + fmt::format(
                   "        *) if [[ $word == -* ]]; then _retort_found -W {}; else {}; fi ;;\n"
                   "      esac ;;\n",
                   quoted(all_names(of)), bash_words(of.argument, of.choices));
}

// Of files, folders and what ends as a config; runs are named as below runs/. bash takes "=" for a
// word of its own: what is behind it in --set KEY=VALUE is anything.
constexpr std::string_view bash_functions = R"sh(_retort_found() {
  mapfile -t COMPREPLY < <(compgen "$@" -- "$word")
  [[ $1 == -W ]] || compopt -o filenames
}
_retort_is_value() {
  local -i at=COMP_CWORD
  [[ $1 == = ]] && at+=-1
  ((at > 2)) && [[ ${COMP_WORDS[at-2]} == --set ]]
}
_retort_configs() {
  local one all=("${COMPREPLY[@]}")
  COMPREPLY=()
  for one in "${all[@]}"; do
    [[ ! -d $one && $one != *.yaml && $one != *.yml ]] || COMPREPLY+=("$one")
  done
}
_retort_runs() {
  local one
  for one in runs/"$word"*/; do
    [[ ! -d $one ]] || COMPREPLY+=("$(basename "$one")")
  done
}
)sh";

std::string bash_script(const std::vector<command_words>& commands) {
  std::string names, cases;
  for (const command_words& one : commands) {
    names += one.name + " ";
    cases += bash_command(one);
  }
  return fmt::format(
      "_retort_keys={}\n{}_retort() {{\n"
      "  local word=$2 before=$3\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then _retort_found -W {}; return; fi\n"
      "  _retort_is_value \"$before\" && return\n"
      "  [[ $before != = ]] || before=${{COMP_WORDS[COMP_CWORD-2]}}\n"
      "  case ${{COMP_WORDS[1]}} in\n{}  esac\n}}\n"
      "complete -F _retort retort\n",
      quoted(keys()), bash_functions, quoted(names + "--help --version"), cases);
}

std::string zsh_action(takes what, const std::string& choices) {
  switch (what) {
    case takes::file: return "_files";
    case takes::directory: return "_files -/";
    case takes::config: return "_files -g \"*.y(a|)ml(-.)\"";
    case takes::run: return "{compadd -- runs/*(N/:t); _files -/}";
    case takes::key: return "{compadd -S \"\" -- ${=_retort_keys}}";
    case takes::choice: return fmt::format("({})", choices);
    case takes::nothing:
    case takes::text: break;
  }
  return " ";
}

std::string zsh_text(const std::string& text) {
  std::string out = replaced(text, "\\", "\\\\");
  for (const std::string_view special : {"[", "]", ":"}) {
    out = replaced(std::move(out), special, "\\" + std::string(special));
  }
  return out;
}

std::string zsh_command(const command_words& of) {
  std::string out = fmt::format("    {}) _arguments", of.name);
  for (const option_words& one : of.options) {
    const bool has_value = one.what != takes::nothing;
    const std::string value =
        has_value ? fmt::format(":value:{}", zsh_action(one.what, one.choices)) : "";
    for (const std::string& name : one.names) {
      const std::string said = fmt::format("*{}[{}]{}", name, zsh_text(one.meaning), value);
      out += " \\\n      " + quoted(said);
    }
  }
  if (of.argument != takes::nothing) {
    out += " \\\n      " + quoted("*:argument:" + zsh_action(of.argument, of.choices));
  }
  return out + " ;;\n";
}

std::string zsh_script(const std::vector<command_words>& commands) {
  std::string names, cases;
  for (const command_words& one : commands) {
    names += quoted(fmt::format("{}:{}", one.name, zsh_text(one.meaning))) + " ";
    cases += zsh_command(one);
  }
  return fmt::format(
      "#compdef retort\n_retort() {{\n"
      "  local _retort_keys={}\n  local -a commands=({})\n"
      "  if ((CURRENT == 2)); then _describe command commands; return; fi\n"
      "  shift words; ((CURRENT--))\n"
      "  case $words[1] in\n{}  esac\n}}\n"
      "if [[ $funcstack[1] == _retort ]]; then _retort \"$@\"; else compdef _retort retort; fi\n",
      quoted(keys()), names, cases);
}

std::string fish_value(takes what, const std::string& choices) {
  switch (what) {
    case takes::file: return " -r -F";
    case takes::directory: return " -x -a '(__fish_complete_directories)'";
    case takes::config: return " -k -x -a '(__fish_complete_suffix .yaml)'";
    case takes::run: return " -x -a '(basename -a runs/*/; __fish_complete_directories)'";
    case takes::key: return fmt::format(" -x -a {}", quoted(keys()));
    case takes::choice: return fmt::format(" -x -a {}", quoted(choices));
    case takes::text: return " -x";
    case takes::nothing: break;
  }
  return "";
}

// -l NAME, or -s of one letter
std::string fish_name(const std::string& name) {
  return name.starts_with("--") ? "-l " + name.substr(2) : "-s " + name.substr(1);
}

std::string fish_script(const std::vector<command_words>& commands) {
  std::string out = "complete -c retort -f\n";
  for (const command_words& of : commands) {
    out += fmt::format("complete -c retort -n __fish_use_subcommand -a {} -d {}\n", of.name,
                       quoted(of.meaning));
    const std::string within =
        fmt::format("complete -c retort -n '__fish_seen_subcommand_from {}'", of.name);
    for (const option_words& one : of.options) {
      std::string names;
      for (const std::string& name : one.names) names += " " + fish_name(name);
      out += fmt::format("{}{}{} -d {}\n", within, names, fish_value(one.what, one.choices),
                         quoted(one.meaning));
    }
    const std::string argument = fish_value(of.argument, of.choices);
    if (argument != "") out += within + argument + "\n";
  }
  return out;
}

}  // namespace

std::string completion_script(const CLI::App& app, std::string_view shell) {
  const auto commands = commands_of(app);
  if (shell == "zsh") return zsh_script(commands);
  return shell == "fish" ? fish_script(commands) : bash_script(commands);
}

}  // namespace retort::tools
