// JSON as a tree that knows how its numbers are spelt. simdjson's tree has numbers of 64 bits
// alone: what goes on from it as text would have 1.10 as 1.1 and 9007199254740993.0 as another
// number. What a person or a model wrote keeps its digits. One thread at a time.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::providers {

using json_result = simdjson::simdjson_result<simdjson::dom::element>;

class json_parser {
 public:
  // The document and its strings live until the parser's next use; the text need not.
  json_result parse(std::string_view text) { return parse(text, text); }
  // The same where `text` was mended, and its numbers are spelt as in `source`, which has as many
  // values in the same order.
  json_result parse(std::string_view text, std::string_view source);

  // With the text that it was made of.
  class document : public simdjson::dom::document {
   public:
    // Of the number or word at a place of the tape.
    std::string_view spelling(std::size_t place) const;

   private:
    friend json_parser;
    void find_spellings() const;

    struct word {
      std::size_t place, begin;  // on the tape, in the source
    };
    std::string source_;
    mutable std::vector<word> words_;  // by place; found when the first is asked for
  };

 private:
  simdjson::dom::parser parser_;
  document document_;
};

// The same for a text with numbers that simdjson's tree does not hold: a whole one beyond 64 bits
// is the double next to it there, one beyond those (1e400) null, and each is spelt all the same.
json_result parse_any_numbers(json_parser& parser, std::string_view text, std::string_view source);
inline json_result parse_any_numbers(json_parser& parser, std::string_view text) {
  return parse_any_numbers(parser, text, text);
}

// Whether the text is a number by JSON's grammar, whatever its size.
bool is_json_number(std::string_view text);

// A number as it is spelt, also one that the tree does not hold; "" for any other value. Of an
// element that no json_parser made, as simdjson writes it; written out where a program chose the
// exponent (1e+05).
std::string spelt_number(simdjson::dom::element value);

// The value without white space, its numbers as they are spelt.
std::string exact_json(simdjson::dom::element value);

}  // namespace retort::providers
