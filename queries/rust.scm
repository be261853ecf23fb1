; What the node kinds of tree-sitter-rust mean to msgmap, one kind a line.
; src/language/rust.rs reads the roles; what a kind needs beyond its role stands there.

; Expressions
(call_expression) @call
(macro_invocation) @macro
(field_expression) @member
(index_expression) @index
(identifier) @name
(type_identifier) @name
(primitive_type) @name
(scoped_identifier) @path
(scoped_type_identifier) @path
(crate) @path
(super) @path
(self) @this
(string_literal) @text
(raw_string_literal) @text
(char_literal) @text
(integer_literal) @number
(float_literal) @number
(negative_literal) @number
(boolean_literal) @true
(struct_expression) @object
(tuple_expression) @list
(array_expression) @list
(closure_expression) @lambda
(binary_expression) @binary
(if_expression) @conditional
(match_expression) @match
(assignment_expression) @assignment
(compound_assignment_expr) @augmented
(return_expression) @return
(block) @block
(for_expression) @loop
(let_condition) @let
(generic_function) @generic

; The value is that of the operand
(reference_expression) @transparent
(unary_expression) @transparent
(try_expression) @transparent
(await_expression) @transparent
(parenthesized_expression) @transparent
(type_cast_expression) @transparent
(unsafe_block) @transparent
(async_block) @transparent
(gen_block) @transparent
(try_block) @transparent
(const_block) @transparent

; Items
(function_item) @function
(function_signature_item) @function
(struct_item) @struct
(union_item) @struct
(enum_item) @enum
(trait_item) @interface
(impl_item) @extension
(type_item) @alias
(associated_type) @alias
(field_declaration) @field
(const_item) @declaration
(static_item) @declaration
(let_declaration) @declaration
(use_declaration) @import
(extern_crate_declaration) @import
(mod_item) @module
(attribute_item) @attribute
(inner_attribute_item) @attribute

; Types
(generic_type) @generic
(generic_type_with_turbofish) @generic

; Never looked into
(macro_definition) @skip
(line_comment) @skip
(block_comment) @skip
(lifetime) @skip
(label) @skip
(visibility_modifier) @skip
(empty_statement) @skip
(unit_expression) @skip
(continue_expression) @skip
