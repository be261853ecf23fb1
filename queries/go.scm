; What the node kinds of Go mean. One `(kind) @role` a line.

; Expressions
(call_expression) @call
(selector_expression) @member
(index_expression) @index
(identifier) @name
(type_identifier) @name
(package_identifier) @name
(field_identifier) @name
(qualified_type) @path
(interpreted_string_literal) @text
(raw_string_literal) @text
(rune_literal) @text
(int_literal) @number
(float_literal) @number
(imaginary_literal) @number
(true) @true
(false) @false
(nil) @null
(composite_literal) @object
(func_literal) @lambda
(binary_expression) @binary
(variadic_argument) @spread
(generic_type) @generic
(type_instantiation_expression) @generic

; The value is that of the operand
(parenthesized_expression) @transparent
(slice_expression) @transparent
(type_assertion_expression) @transparent
(type_conversion_expression) @transparent

; Statements
(import_declaration) @import
(const_declaration) @declaration
(var_declaration) @declaration
(short_var_declaration) @let
(assignment_statement) @assignment
(return_statement) @return
(if_statement) @conditional
(for_statement) @loop
(expression_switch_statement) @match
(type_switch_statement) @match
(block) @block

; Definitions
(function_declaration) @function
(method_declaration) @method
(type_spec) @class
(type_alias) @alias
(struct_type) @struct
(interface_type) @interface
(field_declaration) @field

; Nothing in them is called, bound or sent
(comment) @skip
(package_clause) @skip
(break_statement) @skip
(continue_statement) @skip
(goto_statement) @skip
(fallthrough_statement) @skip
(label_name) @skip
(empty_statement) @skip
