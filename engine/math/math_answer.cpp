#include "engine/math/math_answer.hpp"

#include <algorithm>
#include <optional>

#include "engine/math/math_names.hpp"
#include "engine/math/math_node.hpp"
#include "engine/math/math_text.hpp"
#include "engine/number/number.hpp"
#include "engine/number/number_reading.hpp"
#include "engine/number/number_units.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t longest_answer = 2000;                      // bytes
constexpr std::size_t longest_paragraph = std::size_t{64} << 10;  // bytes
constexpr std::size_t between_boxes = 64;                         // bytes
constexpr std::size_t most_boxes = 40;
constexpr int most_unclosed = 4;
constexpr std::size_t most_spans = 200;
constexpr std::size_t longest_end =
    4000;  // bytes at the end in which an answer without a box is looked for

struct box {
  std::size_t begin, end;  // of the command, behind the closing brace
  std::string_view inside;
};

// What the brace at `open` holds; nothing where it is not closed.
std::optional<std::string_view> held_by_brace(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '{')
      ++depth;
    else if (text[i] == '}' && --depth == 0)
      return text.substr(open + 1, i - open - 1);
  }
  return std::nullopt;
}

struct boxes_found {
  std::vector<box> closed;
  std::optional<std::size_t>
      cut_off;  // where the content of one begins that never ends, behind all others
};

// From the start on, none in another. Of those that are never closed only a few are tried, so that
// it is linear.
boxes_found boxes_in(std::string_view text) {
  boxes_found found;
  int unclosed = 0;
  for (std::size_t at = 0; (at = text.find("boxed", at)) != std::string_view::npos;) {
    const std::size_t command = at;
    at += 5;
    const auto open = text.find_first_not_of(' ', at);
    const bool is_box = command > 0 && text[command - 1] == '\\' &&
                        open != std::string_view::npos && text[open] == '{';
    if (!is_box) continue;
    const auto inside = held_by_brace(text, open);
    if (!inside) {
      found.cut_off = open + 1;
      if (++unclosed > most_unclosed) break;
      continue;
    }
    found.cut_off.reset();
    std::size_t begin = command - 1;
    if (begin > 0 && text[begin - 1] == '\\') --begin;  // \\boxed, as escaped text has it
    at = open + inside->size() + 2;
    found.closed.push_back({begin, at, *inside});
  }
  return found;
}

// Without dollar signs, \( \), \text{} and blanks: what stands between two formulas.
std::string bare_words(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      auto rest = text.substr(i + 1);
      const auto name = take_while(rest, is_letter);
      i += std::max<std::size_t>(name.size(), 1);
      if (name.empty() || name == "quad" || name == "qquad" || name == "text") out += ' ';
      continue;
    }
    const bool blank =
        text[i] == '$' || text[i] == '{' || text[i] == '}' || text[i] == '\n' || text[i] == '*';
    out += blank ? ' ' : text[i];
  }
  return std::string(trim(out));
}

bool ends_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size() || !is_same_word(text.substr(text.size() - word.size()), word))
    return false;
  return text.size() == word.size() || !is_letter(text[text.size() - word.size() - 1]);
}

// The "y_2 =" of "and y_2 = \boxed{3}".
void drop_name(std::string& words) {
  if (!words.ends_with('=')) return;
  std::string_view left = trim(std::string_view(words).substr(0, words.size() - 1));
  const auto blank = left.rfind(' ');
  words = trim(left.substr(0, blank == std::string_view::npos ? 0 : blank));
}

// What joins two where one answer goes on in the other: "$1$ and $2$", "\boxed{1}, \boxed{2}".
std::optional<std::string_view> joint_of(std::string_view between) {
  if (between.size() > between_boxes || between.find("\n\n") != std::string_view::npos)
    return std::nullopt;
  std::string words = bare_words(between);
  drop_name(words);
  if (std::ranges::none_of(words, is_letter)) {
    constexpr std::string_view parting = ".=<>0123456789";
    if (words.find_first_of(parting) != std::string::npos) return std::nullopt;
    return ", ";
  }
  const bool either = ends_with_word(words, "or");
  const bool joins = either || ends_with_word(words, "and") || ends_with_word(words, "&");
  const bool is_short = std::ranges::count(words, ' ') <= 4;
  if (!joins || !is_short || words.find('.') != std::string::npos ||
      folded_words(words).find("not") != std::string::npos)
    return std::nullopt;
  return either ? " or " : " and ";
}

// The words and signs right behind the box that belong to it: "\boxed{5} cm".
std::string_view unit_behind_box(std::string_view rest) {
  auto text = rest.substr(0, std::min(rest.find('\n'), rest.size()));
  while (!text.empty() && (text[0] == ' ' || text[0] == '$' || text[0] == '~'))
    text.remove_prefix(1);
  for (const std::string_view skipped : {"\\)", "\\]", "\\,", "\\ "}) {
    if (text.starts_with(skipped)) text.remove_prefix(skipped.size());
  }
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  if (text.starts_with("\\text{") || text.starts_with("\\mathrm{") || text.starts_with("\\mbox{")) {
    const auto inside = held_by_brace(text, text.find('{'));
    const bool unit = inside && unit_named(trim(*inside)) != 0;
    const std::size_t size = inside ? text.find('{') + inside->size() + 2 : 0;
    if (!unit) return {};
    const bool raised = text.substr(size).starts_with('^') && is_digit(peek(text, size + 1));
    return text.substr(0, size + (raised ? 2 : 0));
  }
  if (text.starts_with("\\%")) return text.substr(0, 2);
  if (text.starts_with('%')) return text.substr(0, 1);
  if (text.starts_with("^\\circ")) return text.substr(0, 6);
  if (text.starts_with("^{\\circ}")) return text.substr(0, 8);
  auto word = text;
  word = take_while(word, is_letter);
  return word.size() > 1 && word != "in" && unit_named(word) != 0 ? word : std::string_view();
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

std::string_view last_letters(std::string_view text) {
  const auto begin = std::ranges::find_if_not(text.rbegin(), text.rend(), is_letter).base();
  return {begin, text.end()};
}

bool ends_with_one_of(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view one) { return text.ends_with(one); });
}

// What stands before a box: of its formula, where it is in one, else of its paragraph.
struct place_of_box {
  std::string_view before;
  bool in_formula = false;
};

// Where the dollar sign at `at` is closed; npos where it opens no formula but stands for money. It
// looks no further than the next one: all of a text's together are linear in it.
std::size_t closing_dollar(std::string_view text, std::size_t at) {
  constexpr std::size_t none = std::string_view::npos;
  if (peek(text, at + 1) == '$') return text.find("$$", at + 2);
  auto end = text.find_first_of("$\n", at + 1);
  while (end != none && text[end] == '$' && text[end - 1] == '\\')
    end = text.find_first_of("$\n", end + 1);
  if (end == none || text[end] == '\n' || is_digit(peek(text, end + 1))) return none;
  const bool amount =
      is_digit(peek(text, at + 1)) && (text[end - 1] == ' ' || text[end - 1] == '(');
  return amount ? none : end;
}

// Of the box that begins at `box`.
place_of_box place_before(std::string_view text, std::size_t box) {
  const auto cut = box - std::min(box, longest_paragraph);
  text.remove_prefix(cut);
  box -= cut;
  if (const auto paragraph = text.substr(0, box).rfind("\n\n");
      paragraph != std::string_view::npos) {
    text.remove_prefix(paragraph + 2);
    box -= paragraph + 2;
  }
  std::size_t begin = 0;
  bool in_formula = false;
  for (std::size_t at = 0; at < box; ++at) {
    if (text[at] == '\\') {
      const char c = peek(text, ++at);
      if (!is_one_of({&c, 1}, {"(", ")", "[", "]"})) continue;
      in_formula = c == '(' || c == '[';
      begin = at + 1;
    } else if (text[at] == '$') {
      const std::size_t size = peek(text, at + 1) == '$' ? 2 : 1;
      const auto end = closing_dollar(text, at);
      if (end != std::string_view::npos && end >= box)
        return {text.substr(at + size, box - at - size), true};
      at = (end == std::string_view::npos ? at : end) + size - 1;
    }
  }
  if (!in_formula) begin = 0;
  return {text.substr(std::min(begin, box), box - std::min(begin, box)), in_formula};
}

// \implies, \text, \quad, \item: none that takes what stands behind it, or is joined with it.
bool ends_with_leading_command(std::string_view text) {
  const auto name = last_letters(text);
  return !name.empty() && name.data() > text.data() && name.data()[-1] == '\\' &&
         !takes_operand(name);
}

// \text{so}, [2pt] behind a row's end; not the {2} of \frac{1}{2}, x^{2}.
bool is_closed_before(std::string_view before) {
  if (before.ends_with(']')) return before.rfind("\\\\[") != std::string_view::npos;
  std::size_t depth = 0, at = before.size();
  while (at > 0) {
    const char c = before[--at];
    depth += c == '}';
    if (c == '{' && --depth == 0) break;
  }
  return ends_with_leading_command(before.substr(0, at));
}

// The \sqrt{ of \sqrt{\boxed{5}}, the 2 of 2\boxed{5}, x >, and "not".
bool is_held_before(const place_of_box& of) {
  auto left = of.before;
  while (left.ends_with('{') || left.ends_with('(') || left.ends_with('[')) {
    const bool brace = left.back() == '{';
    left.remove_suffix(1);
    if (brace && ends_with_one_of(left, {"^", "_", "}", "]"})) return true;
    if (!brace && !left.empty() && is_alphanumeric(left.back()) && !ends_with_leading_command(left))
      return true;  // f(
  }
  const bool glued = !left.empty() && left.back() != ' ' && left.back() != '\n';
  left = trim(left);
  if (left.empty()) return false;
  const char last = left.back();
  if (is_digit(last)) return glued || of.in_formula;
  if (const auto word = last_letters(left); !word.empty()) {
    if (word.data() > left.data() && word.data()[-1] == '\\') return takes_operand(word);
    if (of.in_formula) return word.size() == 1 || is_math_function(word);
    return glued || is_one_of(folded_words(word), {"not", "minus", "plus", "times"});
  }
  if (last == '}' || last == ')' || last == ']')
    return of.in_formula && (last == ')' || !is_closed_before(left));
  if (last == '=')
    return left.size() > 1 && is_one_of(left.substr(left.size() - 2, 1), {"<", ">", "!"});
  if (last == '>') {  // an arrow, a quoted line, the end of a tag
    const auto line = left.substr(left.rfind('\n') + 1);
    const bool tag = line.rfind('<') != std::string_view::npos && !of.in_formula;
    return !tag && line != ">" && !ends_with_one_of(left, {"=>", "->"});
  }
  if (last == '*') return of.in_formula;  // emphasis
  return ends_with_one_of(left, {"+", "/", "^", "<", "≠", "≤", "≥", "×", "·", "÷", "√", "∓"}) &&
         !left.ends_with("++");
}

// Behind what closes a formula or emphasis.
std::string_view without_closers(std::string_view text) {
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" $*}~"), text.size()));
    if (text.starts_with("\\)") || text.starts_with("\\]") || text.starts_with("\\,") ||
        text.starts_with("\\ ") || text.starts_with("\\;") || text.starts_with("\\!"))
      text.remove_prefix(2);
    else
      return text;
  }
}

// \text{ million}, 5 thousand.
bool multiplies(std::string_view text) {
  for (const std::string_view command : {"\\text{", "\\mathrm{", "\\textrm{", "\\mbox{"}) {
    if (text.starts_with(command)) text = trim(text.substr(command.size()));
  }
  const auto word = take_while(text, is_letter);
  return word.size() > 1 && !multiple_named(word).is_one();
}

// \boxed{7}, -7: more answers, in the formula or at the end of a line.
bool lists_more(std::string_view behind, bool in_formula) {
  if (!behind.starts_with(',')) return false;
  auto list = trim(behind.substr(1));
  if (list.starts_with("\\pm")) return true;
  const auto number =
      take_while(list, [](char c) { return is_digit(c) || c == '-' || c == '.' || c == '/'; });
  return !number.empty() && (in_formula || trim(list).empty() || list.starts_with('\n'));
}

// The end of a formula, a sentence or a line.
bool ends_at(std::string_view text) {
  text = without_closers(text);
  constexpr std::string_view signs = ".!?\n";
  return text.empty() ||
         (signs.find(text[0]) != std::string_view::npos && !is_digit(peek(text, 1)));
}

// < x, \le x; not the > 0 of \boxed{5} > 0, which is a remark.
bool bounds_more(std::string_view behind_sign) {
  auto operand = trim(behind_sign);
  const auto number =
      take_while(operand, [](char c) { return is_digit(c) || c == '-' || c == '.'; });
  return number.empty() || !(ends_at(operand) || operand.starts_with(','));
}

// x, but no unit and no word.
bool is_factor(std::string_view text) {
  const auto word = take_while(text, is_letter);
  return is_math_function(word) || (word.size() <= 2 && unit_named(word) == 0);
}

// (x+1), but not (by x).
bool is_bracketed_factor(std::string_view text) {
  text.remove_prefix(1);
  const bool command = text.starts_with('\\');
  if (command) text.remove_prefix(1);
  const auto word = take_while(text, is_letter);
  const bool tells = command ? is_text_command(word) : word.size() > 1 && !is_math_function(word);
  return !tells;
}

// What is glued to the box and no unit, or goes on in its formula: \boxed{5}x, \boxed{5}\pi,
// \boxed{5}-1, \boxed{7} < x.
bool is_held_behind(std::string_view rest, bool in_formula) {
  if (multiplies(without_closers(rest))) return true;
  if (rest.empty() || !unit_behind_box(rest).empty()) return false;
  if (is_letter(rest[0]) || is_digit(rest[0]) || rest[0] == '(' || rest[0] == '_') return true;
  if (rest[0] == '-') return rest.size() > 1 && rest[1] != '-' && rest[1] != ' ';
  if (rest.starts_with("\\left") && !is_letter(peek(rest, 5))) return true;
  const auto later = trim(rest);
  if (later.size() > 2 && later[0] == '-' && later[1] == ' ' && is_digit(later[2])) return true;
  if (lists_more(later, in_formula)) return true;
  if (!in_formula && later.starts_with('<'))
    return (peek(later, 1) == ' ' || is_digit(peek(later, 1))) && bounds_more(later.substr(1));
  auto inside = rest;
  inside.remove_prefix(std::min(inside.find_first_not_of(" }~"), inside.size()));
  for (const std::string_view blank : {"\\,", "\\;", "\\!", "\\ ", "\\:"}) {
    if (inside.starts_with(blank)) inside = trim(inside.substr(2));
  }
  if (inside.empty()) return false;
  if (inside[0] != '\\') {
    if (!in_formula) return false;
    if (inside[0] == '<' || inside[0] == '>') return bounds_more(inside.substr(1));
    if (inside[0] == '(') return is_bracketed_factor(inside);
    if (is_letter(inside[0])) return is_factor(inside);
    return is_digit(inside[0]) || inside.starts_with("...") || inside[0] == '|' || inside[0] == '*';
  }
  inside.remove_prefix(1);
  const auto name = take_while(inside, is_letter);
  if (is_one_of(name, {"Omega", "mu", "deg"})) return false;  // units
  const bool compares = relation_named(name) != 0;
  return takes_operand(name) && (!compares || bounds_more(inside));
}

// The "or 6" behind a box: a whole number and nothing else. Any other may be what is in the box in
// another form: 1.5 thousand, 2 hours, 6.28.
std::string_view alternative_behind(std::string_view rest) {
  rest = without_closers(rest);
  const bool worded = rest.starts_with("\\text{");
  if (worded) rest = trim(rest.substr(6));
  if (rest.starts_with("\\lor ")) rest.remove_prefix(3);
  if (!rest.starts_with("or") || is_letter(peek(rest, 2))) return {};
  rest = without_closers(trim(rest.substr(2)));
  if (rest.starts_with("\\(")) rest = trim(rest.substr(2));
  if (const auto sign = rest.find('='); sign < 8) rest = trim(rest.substr(sign + 1));  // or x = 6
  const auto all = rest;
  if (rest.starts_with('-')) rest.remove_prefix(1);
  const auto digits = take_while(rest, is_digit);
  if (digits.empty() || !ends_at(rest)) return {};
  return all.substr(0, all.size() - rest.size());
}

// -\boxed{5} is -5; in 3 - \boxed{5} or \boxed{5} + 1 the box is no answer. Nothing for such.
std::optional<std::string> with_surroundings(std::string_view text, const box& of) {
  std::string inside(of.inside);
  place_of_box place = place_before(text, of.begin);
  const auto rest = text.substr(of.end, 64);
  const auto behind = trim(rest);
  for (const auto& [name, sign] :
       {std::pair("-", "-("), std::pair("−", "-("), std::pair("negative", "-("),
        std::pair("\\pm", "\\pm("), std::pair("±", "\\pm(")}) {
    const auto before = trim(place.before);
    if (!before.ends_with(name)) continue;
    place.before = before.substr(0, before.size() - std::string_view(name).size());
    const auto left = trim(place.before);
    const bool is_sign = left.empty() || name == std::string_view("negative") ||
                         std::string_view("=$([:,~").find(left.back()) != std::string_view::npos ||
                         left.ends_with("is");
    if (!is_sign) return std::nullopt;
    inside.insert(0, sign).append(")");
    break;
  }
  if (is_held_before(place) || is_held_behind(rest, place.in_formula)) return std::nullopt;
  for (const std::string_view sign : {"^{", "^2", "^3", "!", "/", "+", "\\cdot", "\\times", "_{"}) {
    if (behind.starts_with(sign) && !behind.starts_with("^{\\circ}") &&
        !(sign == "+" && behind.starts_with("++")) && !(sign == "!" && !rest.starts_with("!")))
      return std::nullopt;
  }
  const auto unit = unit_behind_box(rest);
  if (!unit.empty() && inside.find("\\text") == std::string::npos) inside.append(" ").append(unit);
  if (const auto other = alternative_behind(rest); !other.empty())
    inside.append(" or ").append(other);
  return inside;
}

// "12 $ and $13": dollar signs that closed and opened a formula in what is one now.
std::string without_inner_dollars(std::string text) {
  if (std::ranges::count(text, '$') % 2 == 0 && text.find("\\$") == std::string::npos)
    std::erase(text, '$');
  return text;
}

std::vector<std::string> answers_in_boxes(std::string_view text, const std::vector<box>& boxes) {
  std::size_t first = boxes.size() - 1;
  const auto joint_before = [&](std::size_t at) {
    return joint_of(text.substr(boxes[at - 1].end, boxes[at].begin - boxes[at - 1].end));
  };
  while (first > 0 && boxes.size() - first < most_boxes && joint_before(first)) --first;
  std::string joined;
  for (std::size_t i = first; i < boxes.size(); ++i) {
    const auto one = with_surroundings(text, boxes[i]);
    if (!one) return {};
    if (i > first) joined += *joint_before(i);
    joined += *one;
  }
  if (joined.size() > longest_answer) return {};
  return {without_inner_dollars(std::move(joined))};
}

// Where the last of these ends; npos without one.
std::size_t behind_marker(std::string_view text) {
  constexpr std::string_view markers[] = {
      "####",        "answer is", "answer is:", "answer:",    "answers are",
      "solution is", "answer:**", "answer**:",  "answer is**"};
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  std::size_t best = std::string::npos;
  for (const std::string_view marker : markers) {
    const auto at = lower.rfind(marker);
    if (at == std::string::npos) continue;
    const auto end = at + marker.size();
    if (best == std::string::npos || end > best) best = end;
  }
  return best;
}

// Only this one is worth more than a box before it.
bool is_final_marker(std::string_view up_to) {
  return up_to.ends_with("final answer is") || up_to.ends_with("final answer is:");
}

struct span_of_math {
  std::size_t begin, end;  // with its delimiters
  std::string_view inside;
};

// From the start on; a dollar sign with a backslash is none.
std::vector<span_of_math> formulas_in(std::string_view text) {
  std::vector<span_of_math> spans;
  std::size_t at = 0, unclosed = 0;
  while (at < text.size()) {
    at = text.find_first_of("$\\", at);
    if (at == std::string_view::npos) break;
    const auto rest = text.substr(at);
    std::string_view open = rest.substr(0, 1), close = "$";
    if (rest.starts_with("$$")) open = close = "$$";
    if (rest.starts_with("\\(")) open = "\\(", close = "\\)";
    if (rest.starts_with("\\[")) open = "\\[", close = "\\]";
    if (open == "\\") {
      at += 2;
      continue;
    }
    std::size_t end = at + open.size();
    while ((end = text.find(close, end)) != std::string_view::npos && close[0] == '$' &&
           text[end - 1] == '\\')
      ++end;
    if (end == std::string_view::npos) {
      at += open.size();
      if (spans.size() + ++unclosed > most_spans) break;
      continue;
    }
    const auto inside = text.substr(at + open.size(), end - at - open.size());
    spans.push_back({at, end + close.size(), inside});
    at = end + close.size();
  }
  return spans;
}

// The last formula, those that only "and" and commas part from it, and the unit behind.
std::optional<std::string> last_formula(std::string_view text) {
  const auto spans = formulas_in(text);
  if (spans.empty()) return std::nullopt;
  std::size_t first = spans.size() - 1;
  while (first > 0 && spans.size() - first < most_boxes) {
    const auto between =
        text.substr(spans[first - 1].end, spans[first].begin - spans[first - 1].end);
    if (bare_words(between).empty() || !joint_of(between)) break;
    --first;
  }
  std::string joined;
  for (std::size_t i = first; i < spans.size(); ++i) {
    if (i > first)
      joined += *joint_of(text.substr(spans[i - 1].end, spans[i].begin - spans[i - 1].end));
    joined += spans[i].inside;
  }
  const auto unit = unit_behind_box(text.substr(spans.back().end));
  if (!unit.empty()) joined.append(" ").append(unit);
  return joined;
}

bool all_joined(std::string_view text, const std::vector<span_of_math>& spans) {
  for (std::size_t i = 0; i + 1 < spans.size(); ++i) {
    const auto between = text.substr(spans[i].end, spans[i + 1].begin - spans[i].end);
    if (bare_words(between).empty() || !joint_of(between)) return false;
  }
  return true;
}

// What a model says behind its answer by rote, and where the next turn of a dialogue begins.
std::string_view without_closing_words(std::string_view text) {
  text = text.substr(0, std::min({text.find("<|im_"), text.find("<|end"), text.size()}));
  const auto hope = text.rfind("I hope it is correct");
  return trim(text.substr(0, std::min(hope, text.size())));
}

// Behind the last "is" or ":" or "=" of a sentence.
std::string_view behind_last_sign(std::string_view text) {
  std::size_t best = 0;
  for (const std::string_view sign : {" is ", " are ", ": ", " = ", " to ", " equals "}) {
    const auto at = text.rfind(sign);
    if (at != std::string_view::npos) best = std::max(best, at + sign.size());
  }
  return text.substr(best);
}

bool shows_mathematics(std::string_view line) {
  return std::ranges::any_of(line, is_digit) || line.find('$') != std::string_view::npos ||
         line.find("\\(") != std::string_view::npos || line.find("\\[") != std::string_view::npos;
}

// The last line that shows any; where a formula spans lines, up to its beginning.
std::string_view telling_lines(std::string_view text) {
  const auto whole = trim(text);
  for (text = whole; !text.empty();) {
    const auto begin = text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1;
    const auto line = text.substr(begin);
    if (shows_mathematics(line) || line.find("\\]") != std::string_view::npos) {
      auto from = begin;
      for (const auto& [open, close] : {std::pair("\\[", "\\]"), std::pair("$$", "$$")}) {
        if (line.find(close) != std::string_view::npos && line.find(open) == line.rfind(close))
          from = std::min(from, text.rfind(open, text.rfind(close) - 1));
        else if (line.find(close) != std::string_view::npos &&
                 line.find(open) == std::string_view::npos)
          from = std::min(from, text.rfind(open));
      }
      return text.substr(from == std::string_view::npos ? begin : from);
    }
    text = trim(text.substr(0, begin));
  }
  return whole.substr(whole.rfind('\n') == std::string_view::npos ? 0 : whole.rfind('\n') + 1);
}

// The last sentence that shows any mathematics; a point in a formula ends none.
std::string_view last_sentence(std::string_view text, const std::vector<span_of_math>& spans) {
  std::size_t begin = 0;
  for (std::size_t at = 0; (at = text.find(". ", at)) != std::string_view::npos; ++at) {
    const bool inside = std::ranges::any_of(
        spans, [&](const span_of_math& one) { return one.begin < at && at + 1 < one.end; });
    if (!inside && shows_mathematics(text.substr(at + 2))) begin = at + 2;
  }
  return text.substr(begin);
}

// 2,74 and the like, which numbers.md calls doubtful: the one who compares knows what is meant.
std::string_view last_with_comma(std::string_view text) {
  const auto comma = text.rfind(',');
  if (comma == std::string_view::npos || comma == 0) return {};
  std::size_t begin = comma, end = comma + 1;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  const bool alone = (begin == 0 || text[begin - 1] == ' ') &&
                     text.find_first_of("0123456789", end) == std::string_view::npos;
  return alone && begin < comma && end > comma + 1 ? text.substr(begin, end - begin)
                                                   : std::string_view();
}

// What a sentence denies is no answer: "7, not 5", but it is in "not 5, it is 7".
bool denies(std::string_view text) {
  const std::string words = " " + folded_words(text) + " ";
  if (words.find(" wrong") != std::string::npos || words.find(" incorrect") != std::string::npos)
    return true;
  const auto no = words.rfind(" not "), short_no = words.rfind("n't ");
  const auto last = no == std::string::npos         ? short_no
                    : short_no == std::string::npos ? no
                                                    : std::max(no, short_no);
  if (last == std::string::npos) return false;
  auto behind = std::string_view(words).substr(last + 4);
  int numbers = 0;
  for (; !behind.empty(); behind.remove_prefix(std::min(behind.find(' '), behind.size() - 1) + 1))
    numbers += is_digit(behind[0]);
  return numbers < 2;
}

class answer_finder {
 public:
  explicit answer_finder(std::vector<std::string>& out) : out_(out) {}

  void look_in(std::string_view text) {
    text = without_closing_words(text);
    const auto whole = without_wrapping(text);
    if (formulas_in(whole).empty()) add(whole);
    const auto sentence = last_sentence(text, formulas_in(text));
    const auto spans = formulas_in(sentence);
    const auto behind = sentence.substr(spans.empty() ? 0 : spans.back().end);
    if (!spans.empty() && !unit_behind_box(behind).empty()) add(*last_formula(sentence));
    if (spans.empty() || std::ranges::any_of(behind, is_digit)) look_in_words(behind);
    const auto formula = last_formula(sentence);
    if (formula && !ends_with_word(trim(sentence.substr(0, spans.back().begin)), "not"))
      add(*formula);
    if (spans.empty() || behind.size() != sentence.size()) add_last_number(sentence);
  }

 private:
  void add(std::string_view one) {
    one = without_wrapping(one);
    if (!one.empty() && one.size() <= longest_answer) out_.emplace_back(one);
  }

  void look_in_words(std::string_view text) {
    add(behind_last_sign(without_wrapping(text)));
    add_last_number(text);
  }

  void add_last_number(std::string_view text) {
    if (denies(text)) return;
    const auto last = number::last_in(text);
    if (last.value) out_.push_back(last.value->to_string());
    if (!last.value) add(last_with_comma(text));
  }

  std::vector<std::string>& out_;
};

// Up to the end of its line, or of the formula that begins here.
std::string_view told_at(std::string_view text) {
  text = trim(text);
  while (text.starts_with(':') || text.starts_with("**"))
    text = trim(text.substr(text[0] == '*' ? 2 : 1));
  const bool dollars = text.starts_with("$$");
  if (!dollars && !text.starts_with("\\[")) return text.substr(0, text.find('\n'));
  const auto end = text.find(dollars ? "$$" : "\\]", 2);
  return text.substr(0, end == std::string_view::npos ? end : end + 2);
}

}  // namespace

std::vector<std::string> reference_answers(std::string_view text) {
  const auto boxes = boxes_in(text);
  if (boxes.cut_off && boxes.closed.empty()) return {std::string(text.substr(*boxes.cut_off))};
  if (!boxes.closed.empty() || behind_marker(text) != std::string_view::npos)
    return final_answers(text);
  const auto whole = without_wrapping(text);
  const auto spans = formulas_in(whole);
  if (spans.empty()) return {std::string(whole)};
  const auto behind = whole.substr(spans.back().end);
  const bool bare = trim(behind).empty() || !unit_behind_box(behind).empty();
  if (spans.front().begin != 0 || !bare || !all_joined(whole, spans)) return {};
  return {*last_formula(whole)};
}

std::vector<std::string> final_answers(std::string_view text) {
  text = without_closing_words(text);
  const auto [boxes, cut_off] = boxes_in(text);
  if (cut_off) return {};
  const auto last = text.substr(text.size() - std::min(text.size(), longest_end));
  const auto marker = behind_marker(last);
  const std::size_t behind_boxes = boxes.empty() ? 0 : boxes.back().end;
  std::vector<std::string> out;
  if (marker != std::string_view::npos && text.size() - last.size() + marker > behind_boxes)
    answer_finder(out).look_in(told_at(last.substr(marker)));
  if (!boxes.empty()) {
    if (!out.empty() && is_final_marker(last.substr(0, marker))) return out;
    return answers_in_boxes(text, boxes);
  }
  answer_finder(out).look_in(telling_lines(last));
  return out;
}

}  // namespace retort::engine
