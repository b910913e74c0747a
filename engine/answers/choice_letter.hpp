// The letter that a model chose among several answers, in the forms in which models say so. Pure;
// any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

struct chosen_letter {
  char letter = 0;      // 'A' to 'Z'; 0: none, or more than one
  std::string problem;  // why there is none
};

// Three things name a letter: \boxed{B}, a statement ("the answer is B", "B is correct"), and a
// letter that stands alone as the whole answer or as its last line ("B", "(B).", "**B**"), or leads
// it ("B) Paris"). Where two of them disagree, where one names two ("both A and B"), and where all
// that is said is denied or doubted ("I don't think it's B") there is none: nothing is guessed from
// letters that merely occur. Looks at the last 64 KiB; linear.
chosen_letter find_chosen_letter(std::string_view answer);

// The letter of a text that is nothing else, "B", "(b)" or "B."; 0 when it is not.
char lone_letter(std::string_view text);

}  // namespace retort::engine
