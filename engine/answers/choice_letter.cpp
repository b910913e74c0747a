#include "engine/answers/choice_letter.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/number/number.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using re2::RE2;
using re2::StringPiece;

constexpr std::size_t longest_looked_at = std::size_t{64} << 10;
// Bytes before and behind a cue that can belong to its statement: what is looked at again and
// again.
constexpr std::size_t longest_clause = 256;

// What a source names: nothing, one letter, or several ('?').
constexpr char nothing = 0, several = '?';

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Ｂ is B.
std::string with_narrow_letters(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto wide = text.substr(i, 3);
    const auto last = wide.size() == 3 ? static_cast<unsigned char>(wide[2]) : 0u;
    const bool capital = wide.starts_with("\xEF\xBC") && last >= 0xA1 && last <= 0xBA;
    const bool small = wide.starts_with("\xEF\xBD") && last >= 0x81 && last <= 0x9A;
    if (capital || small) i += 2;
    out += capital ? static_cast<char>('A' + last - 0xA1)
           : small ? static_cast<char>('a' + last - 0x81)
                   : text[i];
  }
  return out;
}

// Whatever marks up a letter becomes "(B)", and what marks up anything else is dropped.
std::string without_markup(std::string_view text) {
  static const RE2 math(R"(\\[()\[\]]|\$)"), blank(R"(\\(?:[ ,;:!]|q?quad\b))");
  static const RE2 open("[（【「]"), close("[）】」]");
  static const RE2 font(
      R"(\\(?:text(?:bf|it|rm|sf|tt)?|math(?:rm|bf|sf|bb|it)|operatorname|bf|rm)\s*)"
      R"(\{([^{}]*)\})");
  static const RE2 box(R"(\\f?boxed\s*\{([^{}]*)\})");
  static const RE2 marked(R"((^|[^\pL\pN])(?:[*_`"'{<(\[“”‘«]|&quot;)+ ?([A-Za-z]) ?[.:,]?)"
                          R"((?:[*_`"'}>)\]”“’»]|&quot;)+)");
  static const RE2 heading(R"((?m)^[\s>]*#+\s)");
  std::string out = with_narrow_letters(text);
  RE2::GlobalReplace(&out, math, "");
  RE2::GlobalReplace(&out, blank, " ");
  RE2::GlobalReplace(&out, open, "(");
  RE2::GlobalReplace(&out, close, ")");
  RE2::GlobalReplace(&out, font, "\\1");
  RE2::GlobalReplace(&out, box, "(\\1)");
  for (int i = 0; i < 2; ++i)
    RE2::GlobalReplace(&out, marked, "\\1(\\2)");  // neighbours share a blank
  RE2::GlobalReplace(&out, heading, "");
  std::erase_if(out, [](char c) { return c == '*' || c == '`' || c == '\r'; });
  return out;
}

// Reads letters off the front of what follows a cue.
class letter_reader {
 public:
  explicit letter_reader(std::string_view text) : rest_(text.data(), text.size()) {}

  std::string_view rest() const { return {rest_.data(), rest_.size()}; }
  bool skip(const RE2& what) { return RE2::Consume(&rest_, what); }

  // "(B)", or a bare "B" with nothing behind it that would make it a word: "A" and "a" are
  // articles, "I" is a pronoun.
  char one() {
    static const RE2 marked(R"(\s*\(([A-Za-z])\))"), bare(R"(\s*([A-Za-z])\b)");
    std::string letter;
    if (RE2::Consume(&rest_, marked, &letter)) return upper(letter[0]);
    StringPiece ahead = rest_;
    if (!RE2::Consume(&ahead, bare, &letter)) return nothing;
    if (!RE2::PartialMatch(ahead, may_follow(letter[0]))) return nothing;
    rest_ = ahead;
    return upper(letter[0]);
  }

  // One letter, or `several` for "A and B", "A, B", "A/B".
  char all() {
    static const RE2 joint(
        R"(\s*\.?\s*(?:,?\s*(?:and/or|and|or|nor|as well as|und|oder|et|ou|y|o)\b|[,/&|–-]|)"
        R"([，、]?(?:或者?|和|または|か|と))\s*)"
        R"((?i:,?\s*(?:possibly|perhaps|maybe|probably|potentially|equivalently|)"
        R"(alternatively|also|even|vielleicht|möglicherweise|auch|peut-être|aussi|quizás|quizá\s+|)"
        R"(tal vez|)"
        R"(también)\b,?\s*)*)"
        R"((?i:the\s+)?(?i:(?:option|choice|letter)s?\s+)?)");
    char found = one();
    if (!found) return nothing;
    for (;;) {
      const StringPiece before = rest_;
      if (!skip(joint)) return found;
      const char next = one();
      if (!next) {
        rest_ = before;
        return found;
      }
      if (next != found) found = several;
    }
  }

 private:
  static const RE2& may_follow(char letter) {
    static const RE2 end(R"(^\s*(?:\n|$|[.)](?:[^\pL\pN]|$)))");
    static const RE2 pronoun(
        R"(^\s*(?:\n|$|[.,;:!)\]}<—–/&。，、](?:[^\pL\pN]|$)|/)|^\s(?:and|or|nor)\b)");
    static const RE2 article(R"(^\s*(?:\n|$|[.,;:!)\]}<—–/&。，、](?:[^\pL\pN]|$)|- |/))"
                             R"(|^\s(?:because|since|as|for|and|or|nor|but|is|was|over|/|&)\b)");
    static const RE2 other(
        R"(^\s*(?:\n|$|[.,;:!)\]}<—–/&。，、；！](?:[^\pL\pN]|$)|- |/|\())"
        R"(|^\s(?i:because|since|as|for|due|given|and|or|nor|but|not|is|was|over|)"
        R"(/|&)\b|^\s*(?:选项|選項|项|項|です|입니다))");
    if (letter == 'a' || letter == 'i') return end;
    if (letter == 'I') return pronoun;
    return letter == 'A' ? article : other;
  }
  StringPiece rest_;
};

// A clause that denies or doubts what follows it, or says what somebody else thinks.
bool is_doubted(std::string_view clause) {
  static const RE2 doubt(
      R"((?i)n[’']t\b|\b(?:not|never|cannot|neither|hardly|wrong|incorrect|false|mistak\w*|error|)"
      R"(tempt\w*|trap|might|may|could|if|unless|whether|doubt\w*|initial\w*|first|assum\w*|)"
      R"(suppos\w*|previous\w*|earlier|claim\w*|some|someone|people|many|pretend\w*|instead of|)"
      R"(rather than|example|format|say\s+that|had|were|except|excluding|besides|other|apart|)"
      R"(anything|everything|all but|none but|nothing but|)"
      R"((?:disagree\w*|(?:nobody|no one)\s+\w+|impossible|improbable|unlikely|deny|denies|refute|)"
      R"(refuted|reject|misconception(?:\s+is)?)\s+that|refuses?\s+to|)"
      R"(nicht|kein\w*|niemals|falsch\w*|inkorrekt\w*|könnte|vielleicht|wenn|zunächst|zuerst|)"
      R"(jamais|faux|fausses?|mauvaises?|incorrecte?s?|peut-être|pourrait|sauf|)"
      R"(nunca|falsas?|incorrectas?|equivocadas?|erróne[ao]s?|quizás|quizá\s+|podría|tal vez)\b)"
      R"(|(?i)\b(?:their|his|her|old|worst|naive)\s+(?:(?:own|final|first|original|last)\s+)?)"
      R"((?:$|(?:answer|option|choice|response|solution|conclusion)\b))"
      R"(|(?:^|[^\pL])(?:ne\s+|n[’'])(?:\S+\s+){1,3}pas(?:[^\pL]|$))"
      R"(|(?:不(?:[应應该該可]?[会會能]?是?|[应應]该|[应應]该是|可能是?|[认認][为為]|[觉覺]得|相信|[确確]定|是[说說])|)"
      R"([没沒]有?|未|[别別勿]|[并並]非)$|(?:错误|錯誤|誤った|間違った)的?$|如果|假如|也许|或许|もし)");
  return RE2::PartialMatch(StringPiece(clause.data(), clause.size()), doubt);
}

// What stands before `at`, back to where its clause begins.
std::string_view clause_before(std::string_view text, std::size_t at) {
  static const RE2 joint(
      R"((?i)\b(?:but|so|therefore|thus|hence|however|aber|sondern|daher|mais|donc|pero|sino)\b)"
      R"(|[，。；：！？]|因此|所以|但是?)");
  std::string_view clause = text.substr(0, at);
  const auto begin = clause.find_last_of(".,;:!?\n");
  if (begin != clause.npos) clause.remove_prefix(begin + 1);
  if (clause.size() > longest_clause) clause.remove_prefix(clause.size() - longest_clause);
  StringPiece rest(clause.data(), clause.size());
  static const RE2 all_but(R"((?i)\b(?:all|anything|everything|none|nothing)\s+but\b)");
  if (RE2::PartialMatch(rest, all_but)) return clause;
  while (RE2::FindAndConsume(&rest, joint)) {
  }
  return {rest.data(), rest.size()};
}

// What follows the letter takes it back: "which is wrong", "is not", "?".
bool is_taken_back(std::string_view rest) {
  static const RE2 back(
      R"(^[)\s]*(?:\?|(?i:,?\s*(?:which|that|but\s+(?:that|this|it)|and\s+(?:that|this|it))?\s*)"
      R"((?:is|was|would be|seems|isn[’']t|wasn[’']t|[’']s)\s*(?:clearly |obviously |also )?)"
      R"((?:not|wrong|incorrect|false|a trap|a distractor|tempting)\b)|(?i:\s*(?:isn|wasn)[’']t\b))"
      R"(|(?i:\s*\(\s*(?:if|when|unless)\b)|(?i:\.\s+(?:wrong|incorrect|nope)\s*(?:[.!\n]|$))))");
  const auto end = rest.find_first_of(".!?\n");
  if (end != rest.npos && rest[end] == '?') return true;
  return RE2::PartialMatch(StringPiece(rest.data(), rest.size()), back);
}

// "is wrong", ": incorrect" behind the letter of an option: no answer but a judgement of one.
bool is_judged_wrong(std::string_view rest) {
  static const RE2 wrong(
      R"((?i)^[).:\s]*(?:(?:is|was|would be|[’']s)\s+(?:clearly |obviously |also )?)"
      R"((?:not|wrong|incorrect|false)\b|(?:isn|wasn)[’']t\b)"
      R"(|(?:wrong|incorrect)\s*(?:[.;:!)\n]|$)))");
  return RE2::PartialMatch(StringPiece(rest.data(), rest.size()), wrong);
}

// Where the first sentence comes to its end.
std::size_t sentence_end(std::string_view text) {
  static const RE2 end(R"((?:[.!?]\s|\n))");
  StringPiece rest(text.data(), text.size());
  return RE2::FindAndConsume(&rest, end) ? text.size() - rest.size() : text.size();
}

bool opens_sentence(std::string_view before) {
  static const RE2 open(R"((?i)[.!?…\n][\s…—–-]*(?:(?:or|but|well),?\s+)?$)");
  constexpr std::size_t most = 32;
  before.remove_prefix(before.size() - std::min(before.size(), most));
  return RE2::PartialMatch(StringPiece(before.data(), before.size()), open);
}

// "... no, B", ". Actually B", ". Perhaps B": a letter that comes in another one's place, which it
// does not in a later "Were it asked otherwise, it would perhaps be B".
char letter_instead(std::string_view rest) {
  static const RE2 turn(
      R"((?i)\b(?:actually|wait|sorry|correction|hmm+|hold on|on second thought|)"
      R"((rather|instead|maybe|perhaps|possibly|alternatively|vielleicht|peut-être|quizás?)|)"
      R"(scratch that|eigentlich|en fait|en realidad|(?:no|nein|non)\s*[,.:;!…—–-])[\s,.:;!…—–-]*)"
      R"((?:(?:it[’']s|it is|it must be|it should be|make (?:it|that)|i mean|i meant|i think|no|wait|)"
      R"(maybe|perhaps|actually|rather|the answer is|option|choice|letter)\b[\s,:]*)*)");
  static const RE2 letter(R"((?:\(([A-Za-z])\)|([A-Z]))\s*(?:[.!?,;)\n]|$))");
  StringPiece left(rest.data(), rest.size()), soft, marked, bare;
  const auto end = sentence_end(rest);
  while (RE2::FindAndConsume(&left, turn, &soft)) {
    const auto at = soft.empty() ? 0 : static_cast<std::size_t>(soft.data() - rest.data());
    if (at >= end && !opens_sentence(rest.substr(0, at))) continue;
    if (RE2::Consume(&left, letter, &marked, &bare))
      return upper((marked.empty() ? bare : marked)[0]);
  }
  return nothing;
}

// What becomes of a letter by what stands behind it. In "B) False" and "B. No, as ..." that is the
// option's text.
char second_thoughts(char found, std::string_view rest) {
  static const RE2 denial(
      R"((?i)^[)\s]*(?:(?:\.\.+|[…—–-])[\s.…—–-]*(?:wrong|incorrect|false|nope)\s*(?:[.,;!)\n]|$))"
      R"(|[.,;:]?\s*(?:wrong|incorrect|false|nope|no)\s*!)"
      R"(|[.,;:…—–-]*\s*that(?:[’']s| is)\s+(?:wrong|incorrect|false)\s*(?:[.,;!)\n]|$)))");
  // B for x = 1 and C for x = 2
  static const RE2 cases(
      R"(^[)\s]*(?i:for|if|when|in)\b[^.!?\n]*(?:,|\b(?:and|or|but))\s+(?:\([A-Za-z]\)|[A-Z])\s+)"
      R"((?i:for|if|when|in|otherwise)\b)");
  if (found && RE2::PartialMatch(StringPiece(rest.data(), rest.size()), cases)) return several;
  const char other = letter_instead(rest);
  if (found && other && other != found) return several;
  return RE2::PartialMatch(StringPiece(rest.data(), rest.size()), denial) ? nothing : found;
}

const RE2& filler() {
  static const RE2 words(
      R"((?:[\s:：=>-]|(?i:\b(?:is|that|be|clearly|definitely|likely|most|probably|indeed|therefore|)"
      R"(thus|simply|actually|certainly|obviously|surely|either|both|the|option|options|choice|)"
      R"(choices|letter|answer|statement|alternative|number|really|in fact|still|just|then|with)\b))*)");
  return words;
}

// "not A but C": what stands behind the "but".
char behind_denial(letter_reader from) {
  static const RE2 denial(R"((?i)not\b)");
  static const RE2 turn(R"((?i)\s*[,;.—–-]*\s*(?:but|rather|instead|it[’']s|it is)\b,?)");
  if (!from.skip(denial)) return nothing;
  from.skip(filler());
  if (!from.all()) return nothing;
  if (!from.skip(turn)) return nothing;
  from.skip(turn);
  from.skip(filler());
  return from.all();
}

char named_behind_cue(std::string_view rest) {
  letter_reader from(rest);
  from.skip(filler());
  if (const char other = behind_denial(from)) return other;
  const char found = from.all();
  return found && is_taken_back(from.rest()) ? nothing : second_thoughts(found, from.rest());
}

struct statement {
  std::size_t at;
  char letter;
};

void find_cued(std::string_view text, std::vector<statement>& out) {
  static const RE2 cue(
      R"((?i)(\b(?:answer|solution|response|conclusion)\b(?:\s+(?:choice|option|letter|key))?)"
      R"((?:\s+(?:to|for)\s+(?:the|this)\s+(?:question|problem))?\s*[)\]}"_]*)"
      R"(\s*(?:\bis\b|\bwas\b|\b(?:should|must|would|will|has to|can only)(?: then)? be\b|[:=：]|->|→))"
      R"(|\b(?:correct|right|best|final|appropriate|true|most likely)\s+)"
      R"((?:option|choice|letter|one|response|statement|alternative)\s*(?:\bis\b|\bwould be\b|[:=]))"
      R"(|\b(?:choose|chose|pick|select|selected|go with|going with|go for)\b)"
      R"(|\b(?:it|that|this)(?:[’']s| is| must be| has to be| should be| would be)\b)"
      R"(|\b(?:i(?:[’']d| would)?\s+(?:say|think|believe|guess)|must be)\b)"
      R"(|<(?:final_?)?answer>|\b(?:ans|correct)\s*[:=]|\bans\.|(?:^|\n)\s*a\s*:)"
      R"(|\b(?:antwort|lösung)\s*(?:ist|lautet|:)|\bréponse(?:\s+correcte)?\s*(?:est|:))"
      R"(|\brespuesta(?:\s+correcta)?\s*(?:es|:)|答案\s*(?:是|为|為|：|:)|故?选|應選|(?:正解|答え)\s*(?:は|：|:))"
      R"(|(?:정답|답)\s*(?:은|:|：)|ответ\s*[:—–-]|\b(?:resposta|risposta)(?:\s+corr?etta?)?\s*(?:é|è|:)))");
  StringPiece rest(text.data(), text.size()), found;
  while (RE2::FindAndConsume(&rest, cue, &found)) {
    const auto end = static_cast<std::size_t>(rest.data() - text.data());
    if (found.empty()) continue;
    const auto begin = static_cast<std::size_t>(found.data() - text.data());
    if (is_doubted(clause_before(text, begin)) || is_doubted(text.substr(begin, end - begin))) {
      continue;
    }
    if (const char letter = named_behind_cue(text.substr(end, longest_clause)))
      out.push_back({begin, letter});
  }
}

// "B is correct", "option (B) is the right answer".
void find_praised(std::string_view text, std::vector<statement>& out) {
  static const RE2 praise(
      R"((?:^|[^\pL\pN'’-])(?:\(([A-Za-z])\)|([A-Z])\)?)\s+(?:is|seems|must be|has to be|would be))"
      R"(\s+(?i:(also\s+)|(?:clearly|definitely|indeed|therefore|thus|likely|probably)\s+)?)"
      R"((?i:the\s+)?(?i:only\s+|most\s+)?(?i:correct|right|best|answer)\b)");
  StringPiece rest(text.data(), text.size()), marked, bare, also;
  while (RE2::FindAndConsume(&rest, praise, &marked, &bare, &also)) {
    const StringPiece letter = marked.empty() ? bare : marked;
    const auto at = static_cast<std::size_t>(letter.data() - text.data());
    const std::string_view before = clause_before(text, at);
    static const RE2 joined(R"((?:\b(?i:and|or|nor|both|either)\b|[/&])\s*\(?$)");
    const auto end = static_cast<std::size_t>(rest.data() - text.data());
    if (is_doubted(before) || is_taken_back(text.substr(end, longest_clause))) continue;
    const bool is_one_of_many =
        !also.empty() || RE2::PartialMatch(StringPiece(before.data(), before.size()), joined);
    const char found = second_thoughts(upper(letter[0]), text.substr(end, longest_clause));
    if (found) out.push_back({at, is_one_of_many ? several : found});
  }
}

std::string_view last_line(std::string_view text) {
  text = trim(text);
  return trim(text.substr(text.rfind('\n') + 1));
}

// What the statements come to. A second letter must take the first one back, in words.
char stated_letter(std::string_view text) {
  static const RE2 turn(
      R"((?i)\b(?:wait|no|actually|correction|sorry|rather|instead|scratch that|so|therefore|thus|hence|but|final)\b)");
  std::vector<statement> all;
  find_cued(text, all);
  find_praised(text, all);
  std::ranges::sort(all, {}, &statement::at);
  std::optional<statement> last;
  for (const statement& next : all) {
    const bool differs = last && last->letter != next.letter;
    const auto between = differs ? text.substr(last->at, next.at - last->at) : "";
    const bool corrects = RE2::PartialMatch(StringPiece(between.data(), between.size()), turn);
    if (differs && !corrects) {
      last->letter = several;
    } else {
      last = next;
    }
  }
  return last ? last->letter : nothing;
}

// The letter that a line begins with as the name of one answer: "B) Paris", "(B) Paris", "B". "A:"
// is short for answer.
char leading_letter(std::string_view line) {
  static const RE2 lead(R"(^\s*(?:[-•]\s+)?(?i:(?:option|choice)\s+)?)"
                        R"((?:\(([A-Za-z])\)[.:,]?(?:\s|$)|([B-Z]):+(?:\s|$))"
                        R"(|([A-Z])(?:[.)]+:?(?:\s|$)|\s+[-–—]\s+[\pL\pN]{2}|\s*$))"
                        R"(|([A-HJ-Z]),?\s(?:because|since)\b))");
  static const RE2 another(R"((?:^|[^\pL\pN'’])(?:\(([A-Za-z])\)|([A-Z])[.)]\s))");
  StringPiece rest(line.data(), line.size()), marked, colon, bare, reason, other;
  if (!RE2::PartialMatch(rest, lead, &marked, &colon, &bare, &reason)) return nothing;
  const StringPiece letter =
      marked.empty() ? colon.empty() ? bare.empty() ? reason : bare : colon : marked;
  const char found = upper(letter[0]);
  const auto behind = static_cast<std::size_t>(letter.data() - line.data()) + 1;
  if (is_judged_wrong(line.substr(behind))) return nothing;
  const char kept = second_thoughts(found, line.substr(behind));
  if (kept != found) return kept;
  while (RE2::FindAndConsume(&rest, another, &other, &marked)) {
    if (upper((other.empty() ? marked : other)[0]) != found) return several;
  }
  return found;
}

bool is_spoken(std::string_view line) { return line.starts_with("A:") || line.starts_with("Q:"); }

// A list of the answers names none of them, nor does a dialogue.
char letter_of_lines(std::string_view text) {
  char found = nothing;
  bool is_first = true, leads = false;
  for (std::string_view rest = trim(text); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (is_spoken(line)) return nothing;
    if (const char letter = leading_letter(line)) {
      if (found && found != letter) return several;
      found = letter;
      leads |= is_first || rest.empty();
    }
    is_first = false;
  }
  return leads ? found : nothing;
}

// {"eliminated": (B): a member of JSON that is no answer by its name, or stands for none.
bool is_named_otherwise(std::string_view text) {
  static const RE2 member(R"re(["'”]([^"'”\n]*)["'”]\s*:\s*\([A-Za-z]\)[\s.!}]*$)re");
  static const RE2 no_answer(R"re((?i)["'”](?:\w*answer|choice)["'”]\s*:\s*(?:null|none)\b)re");
  static const RE2 denied(
      R"((?i)wrong|incorrect|elimin|reject|exclu|distract|discard|ruled|(?:^|[_ -])not(?:[_ -]|$))"
      R"(|(?-i:^not[A-Z]))");
  StringPiece name;
  const StringPiece all(text.data(), text.size());
  return RE2::PartialMatch(all, member, &name) &&
         (RE2::PartialMatch(name, denied) || RE2::PartialMatch(all, no_answer));
}

// "Paris (B)", "... so it is Paris (B)."
char closing_letter(std::string_view text) {
  static const RE2 close(
      R"((?i)(?:^\s*(?:[^\s()]+\s+){0,3}(?:[^\s()]*["'”]:)?|\b(?:definitely|surely|certainly|clearly|so|therefore|thus|hence)\b)"
      R"([^.!?\n]*?)\(([A-Z])\)[\s.!]*$)");
  static const RE2 any(R"(\(([A-Za-z])\))"),
      refused(R"((?i)\b(?:but|than|over|unlike|see|compare\w*)\b)");
  StringPiece rest(text.data(), text.size()), found, other;
  if (!RE2::PartialMatch(rest, close, &found) || is_named_otherwise(text)) return nothing;
  const auto line = last_line(text);
  if (is_doubted(line) || RE2::PartialMatch(StringPiece(line.data(), line.size()), refused)) {
    return nothing;
  }
  while (RE2::FindAndConsume(&rest, any, &other)) {
    if (upper(other[0]) != upper(found[0])) return several;
  }
  return upper(found[0]);
}

// "B", "(B).", "B, C".
char lone(std::string_view line) {
  static const RE2 prefix(
      R"((?i)\s*(?:the\s+)?(?:(?:final\s+)?answer|option|choice|letter)?\s*[:-]?\s*)");
  static const RE2 nothing_more(R"([\s.:!,;)\]}"'_>]*)");
  letter_reader from(line);
  from.skip(prefix);
  const char found = from.all();
  if (!found) return nothing;
  from.skip(nothing_more);
  return from.rest().empty() ? found : nothing;
}

char boxed_letter(std::string_view answer) {
  const auto box = last_boxed(answer);
  if (!box) return nothing;
  const std::string content = without_markup(*box);
  if (const char found = lone(content)) return found;
  return leading_letter(content);
}

chosen_letter decided(char letter) {
  if (letter == nothing) return {0, "no letter is named as the answer"};
  if (letter == several) return {0, "more than one letter is named"};
  return {letter, ""};
}

}  // namespace

char lone_letter(std::string_view text) {
  const char found = lone(trim(without_markup(trim(text))));
  return found == several ? nothing : found;
}

chosen_letter find_chosen_letter(std::string_view answer) {
  const bool is_cut = answer.size() > longest_looked_at;
  if (is_cut) {
    answer.remove_prefix(answer.size() - longest_looked_at);
    answer.remove_prefix(std::min(answer.size(), answer.find('\n')));
  }
  const std::string text = without_markup(answer);
  const std::string_view last = last_line(text);
  const char sources[] = {boxed_letter(answer), stated_letter(text), lone(last)};
  char found = nothing;
  for (const char one : sources) {
    if (one && found && one != found) return decided(several);
    if (one) found = one;
  }
  const char lines = is_cut ? nothing : letter_of_lines(text);
  const char first = lone(std::string_view(text).substr(0, text.find('\n')));
  if (found) return decided(!is_cut && first && first != found ? several : found);
  if (lines) return decided(lines);
  return decided(closing_letter(text));
}

}  // namespace retort::engine
