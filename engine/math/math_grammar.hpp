// The parser behind math_parser.hpp: what the grammar there calls list down to set is in
// math_grammar.cpp, sum down to primary in math_expression.cpp. Any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/math/math_names.hpp"
#include "engine/math/math_node.hpp"
#include "engine/math/math_parser.hpp"
#include "engine/math/math_token.hpp"

namespace retort::engine {

class math_grammar {
 public:
  math_grammar(std::vector<math_token> tokens, bool letter_units)
      : tokens_(std::move(tokens)), letter_units_(letter_units) {}

  std::optional<math_node> whole();

 private:
  using kind = math_token::kind;
  using node = math_node;
  static constexpr int most_depth = 40;

  struct level {  // one deeper while it lives
    explicit level(math_grammar& of) : of_(of) { of_.failed_ |= ++of_.depth_ > most_depth; }
    ~level() { --of_.depth_; }
    level(const level&) = delete;
    level& operator=(const level&) = delete;
    math_grammar& of_;
  };

  // Tokens. Once it failed, only the end is ahead.
  const math_token& at(std::size_t ahead = 0) const;
  const math_token& before() const;
  void skip(std::size_t tokens = 1) { next_ += tokens; }
  void take_letters(std::size_t bytes);
  bool take_sign(char);
  bool take_command(std::string_view);
  bool take_command(std::initializer_list<std::string_view>);
  node fail();

  // Statements.
  node list();
  bool take_separator(std::string& word);
  bool is_separator(const math_token&) const;
  static bool is_sign_of_set(const math_token&);
  bool ends_item(const math_token&) const;
  node item();
  std::optional<node> words();
  node relation();
  char take_relation();
  char take_sign_relation();
  bool take_leading_relation();
  node operand();
  node with_unit(node);
  node ratio();
  node set_operation();
  char set_operator() const;

  // Expressions.
  node sum();
  int take_term_sign();
  node term();
  bool starts_factor() const;
  bool is_word_of_unit(const math_token&) const;
  node factor();
  node postfixed(node);
  bool take_degree();
  node power(node base);
  node exponent();
  node primary();
  node number();
  node mixed(node whole);
  node word();
  node letter(std::string_view name);
  node subscripted(const std::string& name);
  node command();
  node unknown_command(std::string_view name);
  node fraction();
  node fraction_of_digits(std::string_view digits);
  node root();
  node function(std::string_view name);
  node argument_of_function(std::string_view name);
  node call(std::string_view name, node base, node argument);
  node binomial();
  node series(std::string_view name);
  node factorial(node of, int step);
  node argument();
  node bracketed(char open);
  node group();
  node set();
  node between(std::string_view name, char close);
  node between(std::string_view name, std::string_view close);
  node matrix();
  node money();

  std::vector<math_token> tokens_;
  std::size_t next_ = 0;
  std::size_t split_ = std::string::npos;  // the word of which letters are taken already
  int depth_ = 0;
  int bars_ = 0;       // of absolute values that are open
  int set_depth_ = 0;  // of set brackets that are open: a bar in them is a condition's
  bool failed_ = false;
  bool letter_units_;
};

}  // namespace retort::engine
