/* What stands between a name and its value, as sticky patterns that begin where the name ends. */

const CLOSE = '(?:\\\\*["\'`]|\\]|\\)|\\*\\*|:\\*\\*)';
const SIGN = `[:?.|!+]{0,3}={1,3}>?|:\\*{1,2}|[-=]>|:(?!:)|<-|\\|\\||\\?\\?|\\bis\\b:?|\\bwas\\b:?|\\bof\\b`;
const TYPE = `(?::[ \\t]*)?[A-Za-z&*][\\w<>\\[\\]|?.' ]{0,24}(?<=[\\w>\\]?])(?:[ \\t]+=(?![=>])|=(?=["'\`@]))`;
export const ASSIGN = new RegExp(`${CLOSE}{0,3}[ \\t]{0,40}(?:${TYPE}|(?:${SIGN}))[ \\t]{0,40}`, 'y');
export const HEADER_ASSIGN = new RegExp(`${CLOSE}{0,3}[ \\t]{0,40}(?:${SIGN})[ \\t]{0,40}`, 'y');
export const ARGUMENT = /\\*["'`]\]?[ \t]*,\s{0,40}(?=\\*["'`])/y;
export const ARGUMENT_BESIDE = /\\*["'`]\]?["'`]?[ \t]*,[ \t]{0,40}(?::?with(?::|[ \t]?=>)[ \t]?|secret\()?(?=\\*["'`])/y;
/** A step of a test: `I fill in "Password" with "..."` */
export const STEP = /["'][ \t](?:with|as|to)[ \t](?=["'])/y;
export const CALL = /[({]\s{0,8}(?=\\*["'`])/y;
/** `['[name=password]').type('...')` and the like. */
export const TYPED_IN = /\]?\\*["'`]\){1,2}\s{0,20}\.(?:type|fill|val|sendKeys|send_keys|setValue|set_value)\((?=\\*["'`])/y;
/** `expect(user.password).toBe('...')` */
export const EXPECTED = /\)\.(?:to\.)?(?:be\.|deep\.)?(?:toBe|toEqual|toStrictEqual|equals?|eql?|isEqualTo)\((?=\\*["'`])/y;
/** `strcmp(password, "...")`, and what must stand before. */
export const COMPARED = /,[ \t]{0,8}(?=\\*["'])/y;
export const COMPARISON_BEFORE = /(?:cmp|equals?|compare\w{0,12}|assert\w{0,12}|digest)\([ \t]{0,4}[*&$]?$/i;
export const PAIRED = new RegExp(
  `${CLOSE}{0,2}[ \\t]*(?:,|:[ \\t]*\\{)?\\s{0,40}\\\\*["']?(?:Parameter|android:)?[vV]alue\\\\*["']?\\s{0,8}[:=]\\s{0,8}`,
  'y',
);
export const BLOCK_DEFAULT = /"[ \t]{0,8}\{[^{}]{0,200}?\bdefault[ \t]{0,8}=[ \t]{0,8}(?=")/y;
/** How far behind a name `default` may stand in its block. */
export const LONGEST_BLOCK = 216;
/** The value of an element may stand in an element of its own. */
export const ELEMENT = /[^<>\n]{0,80}>\s{0,80}(?:<(?:value|string)>\s{0,8})?/iy;
/** A pair with another member between: `"name": "ApiKey", "slotSetting": false, "value": "..."`. */
export const PAIRED_FAR =
  /",\s{0,40}"\w{1,24}"\s{0,4}:\s{0,4}(?:true|false|null|\d{1,6}|"[\w.-]{0,32}")\s{0,4},\s{0,40}"[vV]alue"\s{0,4}:\s{0,4}/y;
/** `token received: ...`, `API key provided: ...` */
export const TOLD =
  /[ \t](?:received|provided|supplied|given|issued|created|generated|returned|used)(?:[ \t]is)?[ \t]?[:=][ \t]{0,4}(?=\S)/y;
/** A value alone on the line after a sentence that ends with a colon. */
export const NEXT_LINE_ALONE = /[ \t][^\n:]{0,80}:\n\s{0,40}(?=[^\s"'`]{8,128}[ \t]*(?:\r?\n|$))/y;
/** `<key>password</key><string>...</string>`, `<name>password</name><value>...</value>` */
export const ELEMENT_BESIDE = /<\/(?:key|name)>\s{0,80}<(?:value|string)>\s{0,8}(?:<string>)?/iy;
/** `<entry key="password">...</entry>`, and what must stand before. */
export const CONTENT = /["'](?:[ \t][\w:]{1,24}="[^"<>\n]{0,40}"){0,3}[ \t]?>\s{0,80}(?:<value>\s{0,8})?/iy;
export const ATTRIBUTE_BEFORE =
  /<(?:entry|property|prop|string|param|parameter|setting|item|value|attribute|config|arg|env|var|variable|secret)[ \t][^<>]{0,60}["'][\w.-]{0,40}$/i;
/** An element with attributes: `<wsse:Password Type="...">...</wsse:Password>` */
export const ATTRIBUTED = /[ \t][^<>{}\n]{1,160}(?<![/=-])>\s{0,80}(?=[^\s<])/y;
/** Tags between a label and what it labels: `<td>Password</td><td>...` */
export const TAGS = /(?:<\/?[a-z][a-z0-9]{0,10}(?:[ \t][^<>\n]{0,80})?>[ \t]{0,8}){1,4}:?[ \t]{0,4}(?=[^\s<])/iy;
/** A pair in a term of Erlang: `{password, "..."}`. */
export const TUPLE = /,[ \t]{0,8}(?=\\*["'])/y;
/** What a template takes where nothing is set: `password | default('...')`. */
export const FILTERED = /[ \t]{0,4}\|[ \t]{0,4}default\((?=["'])/y;
export const FLAG = /["']?[ \t]{1,8}(?=[^\s-])/y;
/** Network devices put the number of an encoding in front. */
export const AFTER_BLANK = /[ \t]{1,8}(?:[0-9] (?=\S{4}))?(?=\S)/y;
export const QUOTED_AFTER_BLANK = /[ \t]{1,4}(?=["'])/y;
/** A cell of a table of text, after the cell that names it. */
export const CELL = /[ \t]{1,40}\|[ \t]{1,40}`?(?=[^\s|"'`]{6,80}`?[ \t]{0,40}\|)/y;
/** `password for the reports page is ...` */
export const PROSE = /[ \t](?:for|to|on|at)[ \t](?:[\w.@'"-]{1,48}[ \t]){1,5}is(?::|[ \t])[ \t:]{0,4}/y;
/** `password - ...`, `password changed to ...` */
export const DASHED = /[ \t]{1,40}(?:(?:-{1,4}|[\u2013\u2014])[ \t]{1,8}|\()(?=\S)/y;
export const CHANGED =
  /[ \t](?:(?:(?:was|is|has been)[ \t])?(?:changed|set|reset|updated)[ \t])?(?:to|as|lautet|ist|es|est)(?::|[ \t])[ \t]{0,4}(?=\S)/y;
/** `credentials for staging: user / password`, `credentials are user:password` */
export const SLASHED = /[^\n:]{0,40}:[ \t]*[\w.@-]{1,64}[ \t]*\/[ \t]*(?=\S)/y;
export const JOINED = /["']?(?:[ \t]?[:=]|[ \t](?:are|is|-))?[ \t]{1,4}["']?[\w.@-]{1,64}(?:[ \t]?\/[ \t]?|:)(?=[^\s/:]{0,40}\d)/y;
export const BLOCK = /[|>][-+]?\r?\n[ \t]+/y;
/** An item of a list on the next line. */
export const ITEM = /\r?\n[ \t]*-[ \t]{1,4}(?=\S)/y;
/** Tags of YAML that say what a scalar is. */
export const SCALAR = /!!(?:str|binary)[ \t]{1,4}(?:[|>][-+]?\r?\n[ \t]+)?/y;
/** A line that goes on with its equals sign. */
export const WRAPPED = /[ \t]*\r?\n[ \t]{1,40}=[ \t]{0,4}(?=\\*["'`])/y;
export const NEXT_LINE = /\\?\r?\n[ \t]*/y;
/** A prompt of a configuration, right before a directive. */
export const PROMPT_BEFORE = /(?:^|\n|>)[ \t]*(?:config set[ \t]+)?$/i;
/** A string after a string, as PHP serializes them: `s:8:"password";s:12:"..."`. */
export const SERIALIZED = /\\*";s:\d{1,5}:(?=\\*")/y;
